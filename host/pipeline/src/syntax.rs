//! From text to a tree of nodes. The TOML parser goes on after a mistake; here what it reports is
//! thinned out to one diagnostic a line, since one slip often draws others behind it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::duplicates;
use crate::node::{Content, Entry, Node};
use crate::source::{Source, Span};

/// The tables and values of the whole file, or nothing if it is not TOML. `begin` is the offset at
/// which the source begins among those of `diagnostics`.
pub(crate) fn parse(
    source: &Source,
    begin: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Entry>> {
    let (root, errors) = DeTable::parse_recoverable(source.text());
    if errors.is_empty() {
        return Some(entries(root.get_ref(), begin, diagnostics));
    }
    let mut lines_with_errors = Vec::new();
    for error in &errors {
        let span = error
            .span()
            .unwrap_or(source.text().len()..source.text().len());
        let line = source.position(span.start).line;
        if lines_with_errors.contains(&line) {
            continue;
        }
        lines_with_errors.push(line);
        if error.message() != "duplicate key" {
            let message = error.message().trim_end_matches(", expected nothing");
            diagnostics.push(Diagnostic::new(message).at(span).moved(begin));
        } else if let Some(diagnostic) =
            duplicates::diagnostic(source.text(), root.get_ref(), span, &errors)
        {
            diagnostics.push(diagnostic.moved(begin));
        }
    }
    None
}

/// A single value, such as `12` or `["a", "b"]`, of which the text begins at this offset; nothing if
/// the text is not TOML.
pub(crate) fn parse_value(text: &str, begin: usize) -> Option<Node> {
    let value = DeValue::parse(text).ok()?;
    let mut diagnostics = Diagnostics::new(Source::new("", ""));
    let node = node(&value, begin, &mut diagnostics);
    diagnostics.is_empty().then_some(node)
}

fn node(value: &Spanned<DeValue<'_>>, begin: usize, diagnostics: &mut Diagnostics) -> Node {
    let span = moved(value.span(), begin);
    let content = match value.get_ref() {
        DeValue::String(text) => Content::String(text.clone().into_owned()),
        DeValue::Integer(integer) => {
            let parsed = i64::from_str_radix(integer.as_str(), integer.radix());
            or_out_of_range(parsed.ok().map(Content::Integer), &span, diagnostics)
        }
        DeValue::Float(float) => {
            let text = float.as_str();
            let parsed = text.parse::<f64>().ok();
            let parsed = parsed.filter(|number| !number.is_infinite() || text.contains("inf"));
            or_out_of_range(parsed.map(Content::Float), &span, diagnostics)
        }
        DeValue::Boolean(boolean) => Content::Boolean(*boolean),
        DeValue::Datetime(datetime) => Content::Datetime(datetime.to_string()),
        DeValue::Array(items) => {
            let nodes = items.iter().map(|item| node(item, begin, diagnostics));
            Content::Array(nodes.collect())
        }
        DeValue::Table(table) => Content::Table(entries(table, begin, diagnostics)),
    };
    Node::new(span, content)
}

/// The entries in the order of the file: the parser keeps them in the order of the alphabet.
fn entries(table: &DeTable<'_>, begin: usize, diagnostics: &mut Diagnostics) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            name: key.get_ref().clone().into_owned(),
            key_span: moved(key.span(), begin),
            node: node(value, begin, diagnostics),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

fn moved(span: Span, by: usize) -> Span {
    span.start + by..span.end + by
}

fn or_out_of_range(
    content: Option<Content>,
    span: &Span,
    diagnostics: &mut Diagnostics,
) -> Content {
    content.unwrap_or_else(|| {
        let message = "the number does not fit into 64 bits";
        diagnostics.push(Diagnostic::new(message).at(span.clone()));
        Content::Invalid
    })
}
