//! What the readers of data and steps can refer to: the parameters, and the names of data and
//! steps. Names count even if what they name has mistakes, which are reported where they are.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::Entry;
use crate::params::Params;
use crate::source::Span;

pub(crate) struct Scope<'a> {
    pub(crate) params: &'a Params,
    pub(crate) data: &'a [Entry],
    pub(crate) steps: &'a [Entry],
}

impl Scope<'_> {
    /// Reports a name that is neither that of data nor that of a step.
    pub(crate) fn check_dataset(&self, name: &str, span: &Span, diagnostics: &mut Diagnostics) {
        let mut entries = self.data.iter().chain(self.steps);
        if entries.any(|entry| entry.name == name) {
            return;
        }
        let known = names_of(self.data).chain(names_of(self.steps));
        diagnostics.push(
            Diagnostic::new(format!(
                "no data and no step is named `{}`",
                name.escape_debug()
            ))
            .at(span.clone())
            .hint(names::hint(name, "names", known)),
        );
    }

    /// Reports a name that is not that of a step.
    pub(crate) fn check_step(&self, name: &str, span: &Span, diagnostics: &mut Diagnostics) {
        if self.steps.iter().any(|entry| entry.name == name) {
            return;
        }
        let message = if self.data.iter().any(|entry| entry.name == name) {
            format!("`{name}` is data, and only a step can stand here")
        } else {
            format!("no step is named `{}`", name.escape_debug())
        };
        let hint = names::hint(name, "steps", names_of(self.steps));
        diagnostics.push(Diagnostic::new(message).at(span.clone()).hint(hint));
    }
}

fn names_of(entries: &[Entry]) -> impl Iterator<Item = &str> {
    entries.iter().map(|entry| entry.name.as_str())
}
