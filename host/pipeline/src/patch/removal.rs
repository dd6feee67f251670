//! `remove = ["steps.drift", "data.train.sample"]`: what a patch takes away, by its path.

use super::{change::Change, path};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::{Content, Entry};
use crate::reader;
use crate::source::Span;

/// Something that is to be removed.
#[derive(Clone)]
pub(crate) struct Removal {
    names: Vec<String>,
    /// Where its path is written.
    span: Span,
}

impl Removal {
    /// The key at the top that it is below.
    pub(crate) fn section(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Takes it away. What is not there is a mistake, unless that `may_be_gone` already.
    pub(crate) fn apply(
        &self,
        root: &mut Vec<Entry>,
        may_be_gone: bool,
        changes: &mut Vec<Change>,
        diagnostics: &mut Diagnostics,
    ) {
        let Some((last, above)) = self.names.split_last() else {
            return;
        };
        let mut table = root;
        let mut at = String::new();
        for name in above.iter().chain([last]) {
            let Some(index) = table.iter().position(|entry| entry.name == *name) else {
                if !may_be_gone {
                    diagnostics.push(self.is_not_there(&at, name, table));
                }
                return;
            };
            at = path::join(&at, name);
            if at == self.path() {
                let before = table.remove(index).node;
                changes.push(Change {
                    path: at,
                    before: Some(before),
                    after: None,
                });
                return;
            }
            let found = table[index].node.content.described();
            let Content::Table(inner) = &mut table[index].node.content else {
                let message = format!("cannot remove `{}`: `{at}` is {found}", self.path());
                let hint = format!("name `{at}`, and set it anew if some of it is to stay");
                let diagnostic = Diagnostic::new(message).at(self.span.clone()).hint(hint);
                diagnostics.push(diagnostic);
                return;
            };
            table = inner;
        }
    }

    fn path(&self) -> String {
        path::joined(self.names.iter().map(String::as_str))
    }

    fn is_not_there(&self, at: &str, name: &str, table: &[Entry]) -> Diagnostic {
        let (what, plural) = match at {
            "steps" => (
                format!("no step is named `{}`", name.escape_debug()),
                "steps",
            ),
            "data" => (
                format!("no data is named `{}`", name.escape_debug()),
                "data",
            ),
            "params" => (
                format!("no parameter is named `{}`", name.escape_debug()),
                "parameters",
            ),
            "" => (
                format!("the pipeline has no key `{}`", name.escape_debug()),
                "keys",
            ),
            at => (
                format!("`{at}` has no key `{}`", name.escape_debug()),
                "keys",
            ),
        };
        let known = table.iter().map(|entry| entry.name.as_str());
        Diagnostic::new(format!("cannot remove `{}`: {what}", self.path()))
            .at(self.span.clone())
            .hint(names::hint(name, plural, known))
    }
}

/// The paths of a key `remove`.
pub(crate) fn read(entry: &Entry, title: &str, diagnostics: &mut Diagnostics) -> Vec<Removal> {
    let what = format!("`remove` in {title}");
    let texts = reader::strings(&entry.node, &what, diagnostics).unwrap_or_default();
    let mut removals = Vec::new();
    for (text, node) in texts {
        match path::parse(text) {
            Some(keys) => removals.push(Removal {
                names: keys.into_iter().map(|key| key.name).collect(),
                span: node.span.clone(),
            }),
            None => {
                let message = format!("`{}` is not a path", text.escape_debug());
                let hint = "write `remove = [\"steps.drift\"]`, with dots between the keys";
                reader::report(node, message, Some(hint.to_owned()), diagnostics);
            }
        }
    }
    removals
}
