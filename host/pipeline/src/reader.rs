//! Small typed readers over the tree of nodes. Each gives the value, or reports why there is none
//! and gives nothing, so that reading goes on and finds every mistake.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::{Content, Entry, Node};
use crate::source::Span;

/// A table of which all keys are known, such as a step.
#[derive(Clone, Copy)]
pub(crate) struct Section<'a> {
    /// What the table is, for messages: "step `train`".
    pub(crate) title: &'a str,
    /// Where its name is written.
    span: &'a Span,
    entries: &'a [Entry],
    known: &'a [&'a str],
}

impl<'a> Section<'a> {
    /// The table with these entries. Reports every key that is not `known`.
    pub(crate) fn new(
        entries: &'a [Entry],
        title: &'a str,
        span: &'a Span,
        known: &'a [&'a str],
        diagnostics: &mut Diagnostics,
    ) -> Self {
        for entry in entries {
            if !known.contains(&entry.name.as_str()) {
                let message = format!("unknown key `{}` in {title}", entry.name.escape_debug());
                diagnostics.push(
                    Diagnostic::new(message)
                        .at(entry.key_span.clone())
                        .hint(names::hint(&entry.name, "keys", known.iter().copied())),
                );
            }
        }
        Self {
            title,
            span,
            entries,
            known,
        }
    }

    /// The table that is the value of `entry`.
    pub(crate) fn open(
        entry: &'a Entry,
        title: &'a str,
        known: &'a [&'a str],
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let entries = table(&entry.node, title, diagnostics)?;
        Some(Self::new(
            entries,
            title,
            &entry.key_span,
            known,
            diagnostics,
        ))
    }

    /// The entry of a key that may be absent.
    pub(crate) fn optional(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.name == key)
    }

    /// The entry of a key that must be there; `remedy` is the hint if it is not. A misspelt key
    /// is reported as that, and not as missing too.
    pub(crate) fn required(
        &self,
        key: &str,
        remedy: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<&'a Entry> {
        let entry = self.optional(key);
        if entry.is_none() && !self.has_misspelt(key) {
            diagnostics.push(
                Diagnostic::new(format!("missing key `{key}` in {}", self.title))
                    .at(self.span.clone())
                    .hint(remedy),
            );
        }
        entry
    }

    fn has_misspelt(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| {
            let name = entry.name.as_str();
            !self.known.contains(&name) && names::nearest(name, self.known) == Some(key)
        })
    }

    /// How a key of this section is called in messages.
    pub(crate) fn key(&self, key: &str) -> String {
        format!("`{key}` in {}", self.title)
    }
}

/// The entries of a table; `what` is named in the message if it is none.
pub(crate) fn table<'a>(
    node: &'a Node,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a [Entry]> {
    if let Content::Table(entries) = &node.content {
        return Some(entries);
    }
    mismatch(node, "a table", what, diagnostics)
}

/// The items of an array.
pub(crate) fn array<'a>(
    node: &'a Node,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a [Node]> {
    if let Content::Array(items) = &node.content {
        return Some(items);
    }
    mismatch(node, "an array", what, diagnostics)
}

/// A string.
pub(crate) fn string<'a>(
    node: &'a Node,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a str> {
    if let Content::String(text) = &node.content {
        return Some(text);
    }
    mismatch(node, "a string", what, diagnostics)
}

/// An array of strings, each with its node; items of another type are reported and left out.
pub(crate) fn strings<'a>(
    node: &'a Node,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(&'a str, &'a Node)>> {
    let items = array(node, what, diagnostics)?;
    Some(
        items
            .iter()
            .filter_map(|item| Some((string(item, what, diagnostics)?, item)))
            .collect(),
    )
}

/// A boolean.
pub(crate) fn boolean(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<bool> {
    if let Content::Boolean(value) = node.content {
        return Some(value);
    }
    mismatch(node, "a boolean", what, diagnostics)
}

/// An integer.
pub(crate) fn integer(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<i64> {
    if let Content::Integer(value) = node.content {
        return Some(value);
    }
    mismatch(node, "an integer", what, diagnostics)
}

/// A float, or an integer as a float.
pub(crate) fn number(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
    match node.content {
        Content::Float(value) => Some(value),
        #[expect(clippy::cast_precision_loss, reason = "a bound of a metric is a float")]
        Content::Integer(value) => Some(value as f64),
        _ => mismatch(node, "a number", what, diagnostics),
    }
}

/// Reports that `node` is of another type than was `expected`.
pub(crate) fn mismatch<T>(
    node: &Node,
    expected: &str,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    mismatch_with(node, expected, what, None, diagnostics)
}

/// The same with what to write instead.
pub(crate) fn mismatch_with<T>(
    node: &Node,
    expected: &str,
    what: &str,
    hint: Option<String>,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    if !matches!(node.content, Content::Invalid) {
        let found = node.content.described();
        let message = format!("expected {expected} for {what}, found {found}");
        report(node, message, hint, diagnostics);
    }
    None
}

/// A string; `hint` is what to write where something else stands.
pub(crate) fn string_or<'a>(
    node: &'a Node,
    what: &str,
    hint: impl Into<String>,
    diagnostics: &mut Diagnostics,
) -> Option<&'a str> {
    match &node.content {
        Content::String(text) => Some(text),
        _ => mismatch_with(node, "a string", what, Some(hint.into()), diagnostics),
    }
}

/// A table; `hint` is what to write where something else stands.
pub(crate) fn table_or<'a>(
    node: &'a Node,
    what: &str,
    hint: impl Into<String>,
    diagnostics: &mut Diagnostics,
) -> Option<&'a [Entry]> {
    match &node.content {
        Content::Table(entries) => Some(entries),
        _ => mismatch_with(node, "a table", what, Some(hint.into()), diagnostics),
    }
}

/// Reports something about the value of `node`.
pub(crate) fn report(
    node: &Node,
    message: impl Into<String>,
    hint: Option<String>,
    diagnostics: &mut Diagnostics,
) {
    let mut diagnostic = Diagnostic::new(message).at(node.span.clone());
    diagnostic.label = node.parameter_label();
    diagnostic.hint = hint;
    diagnostics.push(diagnostic);
}

/// An integer in a range.
pub(crate) fn integer_in(
    node: &Node,
    what: &str,
    range: std::ops::RangeInclusive<i64>,
    diagnostics: &mut Diagnostics,
) -> Option<i64> {
    let value = integer(node, what, diagnostics)?;
    if range.contains(&value) {
        return Some(value);
    }
    let message = format!("{what} is {value}");
    let hint = format!("write a number from {} to {}", range.start(), range.end());
    report(node, message, Some(hint), diagnostics);
    None
}

/// One of some words, as what it stands for.
pub(crate) fn one_of<T: Copy>(
    node: &Node,
    what: &str,
    known: &[(&str, T)],
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let hint = |word| names::hint(word, "values", known.iter().map(|(name, _)| *name));
    let word = string_or(node, what, hint(""), diagnostics)?;
    let found = known.iter().find(|(name, _)| *name == word);
    if found.is_none() {
        let message = format!("{what} cannot be `{}`", word.escape_debug());
        report(node, message, Some(hint(word)), diagnostics);
    }
    found.map(|(_, value)| *value)
}
