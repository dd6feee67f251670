//! A patch as it is read: what it removes and what it sets.

use super::overrides::{Patch, Placed};
use super::removal::{self, Removal};
use super::setting;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::node::Entry;
use crate::reader::{self, Section};
use crate::source::Span;
use crate::syntax;

const REMOVE: &str = "remove";

/// Keys of a pipeline that nothing is put over, and why.
const FIXED: [(&str, &str); 3] = [
    (
        "mlhost",
        "the pipeline file alone says of which version its format is",
    ),
    (
        "name",
        "the name says which runs are of the same pipeline, and stays that of the file",
    ),
    ("profiles", "profiles are declared in the pipeline file"),
];

/// A patch that can be applied.
#[derive(Clone)]
pub(crate) struct Layer {
    /// What it is, for messages: "profile `ci`".
    pub(crate) title: String,
    /// Where it begins.
    pub(crate) span: Span,
    pub(crate) removals: Vec<Removal>,
    pub(crate) entries: Vec<Entry>,
    /// How many keys the path of a single value has; nothing for profiles and files.
    pub(crate) depth: Option<usize>,
    /// Whether something of it was left out, of which there is a diagnostic.
    pub(crate) has_mistakes: bool,
}

impl Layer {
    /// A file or a single value; none if its text cannot be read at all. `keys` are those of a
    /// pipeline.
    pub(crate) fn read(
        placed: &Placed,
        keys: &[&str],
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let (source, begin) = placed.text.as_ref()?;
        if let Patch::Set(_) = placed.given.patch {
            let setting = setting::read(source, *begin, diagnostics)?;
            let span = *begin..*begin;
            let title = "the pipeline".to_owned();
            let layer = Self::new(title, span, &setting.entries, keys, diagnostics);
            return Some(Self {
                title: format!("`--set {}`", source.text()),
                depth: Some(setting.depth),
                ..layer
            });
        }
        let entries = syntax::parse(source, *begin, diagnostics)?;
        let title = format!("patch `{}`", source.name());
        let keys: Vec<&str> = keys.iter().copied().chain([REMOVE]).collect();
        Some(Self::new(
            title,
            *begin..*begin,
            &entries,
            &keys,
            diagnostics,
        ))
    }

    /// The table of a profile.
    pub(crate) fn of_profile(
        entry: &Entry,
        keys: &[&str],
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let title = format!("profile `{}`", entry.name);
        let entries = reader::table(&entry.node, &title, diagnostics)?;
        let keys: Vec<&str> = keys.iter().copied().chain([REMOVE]).collect();
        let span = entry.key_span.clone();
        Some(Self::new(title, span, entries, &keys, diagnostics))
    }

    /// Leaves out what is not for a patch, with a diagnostic.
    fn new(
        title: String,
        span: Span,
        entries: &[Entry],
        keys: &[&str],
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mistakes = diagnostics.len();
        let mut rest = entries.to_vec();
        rest.retain(|entry| may_change(&entry.name, &entry.key_span, diagnostics));
        let is_open = |key: &&str| FIXED.iter().all(|(fixed, _)| key != fixed);
        let keys: Vec<&str> = keys.iter().copied().filter(is_open).collect();
        let section = Section::new(&rest, &title, &span, &keys, diagnostics);
        let mut removals = match section.optional(REMOVE) {
            Some(entry) if keys.contains(&REMOVE) => removal::read(entry, &title, diagnostics),
            _ => Vec::new(),
        };
        removals.retain(|removal| may_change(removal.section(), removal.span(), diagnostics));
        rest.retain(|entry| entry.name != REMOVE && keys.contains(&entry.name.as_str()));
        Self {
            title,
            span,
            removals,
            entries: rest,
            depth: None,
            has_mistakes: diagnostics.len() > mistakes,
        }
    }
}

/// Reports a key that nothing is put over.
fn may_change(key: &str, span: &Span, diagnostics: &mut Diagnostics) -> bool {
    let Some((_, why)) = FIXED.iter().find(|(fixed, _)| *fixed == key) else {
        return true;
    };
    let message = format!("`{key}` cannot be patched");
    diagnostics.push(Diagnostic::new(message).at(span.clone()).hint(*why));
    false
}
