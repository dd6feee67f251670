//! Reads a single value, `steps.tree.with.max_depth=8`, as the patch that it stands for.

use super::path::{self, Key};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::node::{Content, Entry, Node};
use crate::source::{Source, Span};
use crate::syntax;

/// A single value as a patch.
pub(crate) struct Setting {
    pub(crate) entries: Vec<Entry>,
    /// How many keys its path has.
    pub(crate) depth: usize,
}

/// The patch; none, with a diagnostic, if the text does not say what to set. `begin`
/// is the offset of the source.
pub(crate) fn read(
    source: &Source,
    begin: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Setting> {
    let text = source.text();
    let place = |span: Span| span.start + begin..span.end + begin;
    let Some(equals) = equals(text) else {
        let message = format!("`{}` sets no value", text.escape_debug());
        let hint = "write `--set path=value`, such as `--set steps.tree.with.max_depth=8`";
        let diagnostic = Diagnostic::new(message).at(place(0..text.len())).hint(hint);
        diagnostics.push(diagnostic);
        return None;
    };
    let (written, value) = (&text[..equals], &text[equals + 1..]);
    let Some(keys) = path::parse(written) else {
        let message = format!("`{}` is not a path", written.escape_debug());
        let hint = "write the keys with dots between them, such as `steps.tree.with.max_depth`, and \
                    quotes around a key that has other characters than letters, digits, `-` and `_`";
        let diagnostic = Diagnostic::new(message).at(place(0..equals)).hint(hint);
        diagnostics.push(diagnostic);
        return None;
    };
    let node = read_value(value, begin + equals + 1);
    let nested = |node: Node, key: &Key| {
        let span = place(key.span.clone());
        let entry = Entry {
            name: key.name.clone(),
            key_span: span.clone(),
            node,
        };
        Node::new(span, Content::Table(vec![entry]))
    };
    match keys.iter().rev().fold(node, nested).content {
        Content::Table(entries) => Some(Setting {
            entries,
            depth: keys.len(),
        }),
        _ => None,
    }
}

/// A TOML value, else the text as it is.
fn read_value(text: &str, begin: usize) -> Node {
    let trimmed = text.trim();
    let before = text.len() - text.trim_start().len();
    syntax::parse_value(trimmed, begin + before).unwrap_or_else(|| {
        let content = Content::String(text.to_owned());
        Node::new(begin..begin + text.len(), content)
    })
}

/// Where the path ends: at the first `=` that is not in quotes.
fn equals(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut is_escaped = false;
    for (index, character) in text.char_indices() {
        match (quote, character) {
            _ if is_escaped => is_escaped = false,
            (Some('"'), '\\') => is_escaped = true,
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '=') => return Some(index),
            _ => {}
        }
    }
    None
}
