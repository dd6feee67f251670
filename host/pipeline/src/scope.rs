//! What the readers of data and steps can refer to: the parameters, and the names of data and
//! steps. Names count even if what they name has mistakes, which are reported where they are.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::Entry;
use crate::params::Params;
use crate::patch::{self, AppliedPatch};
use crate::selection;
use crate::source::Span;

pub(crate) struct Scope<'a> {
    pub(crate) params: &'a Params,
    pub(crate) data: &'a [Entry],
    pub(crate) steps: &'a [Entry],
    /// Steps that nothing can take or wait for, but a failure can call them.
    pub(crate) notifications: &'a [Entry],
    /// The seed of the pipeline.
    pub(crate) seed: u64,
    /// What was put over the file.
    pub(crate) patches: &'a [AppliedPatch],
}

impl Scope<'_> {
    /// Reports a name that is neither that of data, nor that of a side of its split, nor that of
    /// a step.
    pub(crate) fn check_dataset(&self, name: &str, span: &Span, diagnostics: &mut Diagnostics) {
        let mut entries = self.data.iter().chain(self.steps);
        if entries.any(|entry| entry.name == name) {
            return;
        }
        if let Some((data, side)) = name.split_once('.')
            && let Some(entry) = self.data.iter().find(|entry| entry.name == data)
        {
            return check_side(entry, side, span, diagnostics);
        }
        let sides = self.data.iter().flat_map(names_of_sides);
        let known: Vec<String> = names_of(self.data)
            .map(str::to_owned)
            .chain(sides)
            .chain(names_of(self.steps).map(str::to_owned))
            .collect();
        diagnostics.push(
            Diagnostic::new(format!(
                "no data and no step is named `{}`",
                name.escape_debug()
            ))
            .at(span.clone())
            .hint(
                self.removed(name).unwrap_or_else(|| {
                    names::hint(name, "names", known.iter().map(String::as_str))
                }),
            ),
        );
    }

    /// Whether a step has this name.
    pub(crate) fn has_step(&self, name: &str) -> bool {
        self.steps.iter().any(|entry| entry.name == name)
    }

    /// Whether a failure may call what has this name.
    pub(crate) fn can_be_called(&self, name: &str) -> bool {
        let mut notifications = self.notifications.iter();
        self.has_step(name) || notifications.any(|entry| entry.name == name)
    }

    /// Reports a name that is not that of a step.
    pub(crate) fn check_step(&self, name: &str, span: &Span, diagnostics: &mut Diagnostics) {
        if self.has_step(name) {
            return;
        }
        let message = if self.data.iter().any(|entry| entry.name == name) {
            format!("`{name}` is data, and only a step can stand here")
        } else {
            format!("no step is named `{}`", name.escape_debug())
        };
        let hint = self
            .removed(name)
            .unwrap_or_else(|| names::hint(name, "steps", names_of(self.steps)));
        diagnostics.push(Diagnostic::new(message).at(span.clone()).hint(hint));
    }

    /// Which patch has removed the data or step of this name, if one has.
    fn removed(&self, name: &str) -> Option<String> {
        let sections = ["steps", "data"].into_iter();
        let mut paths = sections.map(|section| format!("{section}.{name}"));
        paths.find_map(|path| patch::removed(self.patches, &path))
    }
}

/// Reports a side that the split of the data does not have.
fn check_side(data: &Entry, side: &str, span: &Span, diagnostics: &mut Diagnostics) {
    let sides = selection::sides(data);
    if sides.iter().any(|known| known.name() == side) {
        return;
    }
    let name = &data.name;
    let diagnostic = if sides.is_empty() {
        let hint = format!(
            "add `split = {{ by = \"random\", test = 0.2 }}` to `[data.{name}]`, for example"
        );
        Diagnostic::new(format!("data `{name}` has no split"))
            .related(data.key_span.clone(), "it is declared here")
            .hint(hint)
    } else {
        let known = sides.iter().map(|side| side.name());
        let message = format!(
            "the split of data `{name}` has no side `{}`",
            side.escape_debug()
        );
        let hint = match side {
            "validation" => "add `validation = 0.1` to the split, for example".to_owned(),
            _ => names::hint(side, "sides", known),
        };
        Diagnostic::new(message).hint(hint)
    };
    diagnostics.push(diagnostic.at(span.clone()));
}

fn names_of(entries: &[Entry]) -> impl Iterator<Item = &str> {
    entries.iter().map(|entry| entry.name.as_str())
}

/// `flights.train` and the others, if the data is split.
fn names_of_sides(data: &Entry) -> impl Iterator<Item = String> {
    let sides = selection::sides(data).into_iter();
    sides.map(|side| format!("{}.{}", data.name, side.name()))
}
