//! Where a key was defined first that is defined again. The TOML parser reports only the second
//! place; the first is found again in the tree that it has recovered, or, since a repeated
//! `[header]` replaces the earlier one there, in the tree of the text before.

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// The diagnostic for the key at `span`; none for the keys of a table that is itself a duplicate,
/// which would only repeat what is said of the table.
pub(crate) fn diagnostic(
    text: &str,
    root: &DeTable<'_>,
    span: Span,
    errors: &[Error],
) -> Option<Diagnostic> {
    let mut path = Vec::new();
    let name = text.get(span.clone())?.trim_matches(['"', '\'']);
    let first = if find_path(root, &span, &mut path) {
        let before = text.get(..line_start(text, span.start))?;
        let (earlier, _) = DeTable::parse_recoverable(before);
        key_at(earlier.get_ref(), &path)
    } else {
        let (table_key, table) = table_around(text, root, &span);
        if table_key.is_some() && errors.iter().any(|error| error.span() == table_key) {
            return None;
        }
        key_at(table, &[name.to_owned()])
    };
    let diagnostic = Diagnostic::new(format!("duplicate key `{name}`")).at(span);
    Some(match first {
        Some(first) => diagnostic
            .label("used again here")
            .related(first, "first used here")
            .hint("remove one of the two, or rename it"),
        None => diagnostic.hint("remove the key, or rename it"),
    })
}

/// The names on the way to the key at `span`.
fn find_path(table: &DeTable<'_>, span: &Span, path: &mut Vec<String>) -> bool {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        if key.span() == *span {
            return true;
        }
        if let DeValue::Table(inner) = value.get_ref()
            && find_path(inner, span, path)
        {
            return true;
        }
        path.pop();
    }
    false
}

fn key_at(table: &DeTable<'_>, path: &[String]) -> Option<Span> {
    let (name, rest) = path.split_first()?;
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
    match value.get_ref() {
        _ if rest.is_empty() => Some(key.span()),
        DeValue::Table(inner) => key_at(inner, rest),
        _ => None,
    }
}

type Around<'t, 'i> = (Option<Span>, &'t DeTable<'i>);

/// The table whose entry the key at `span` would have been, with the place of its own key: the
/// innermost inline table around it, else the table whose `[header]` is the last before it.
fn table_around<'t, 'i>(text: &str, root: &'t DeTable<'i>, span: &Span) -> Around<'t, 'i> {
    let mut tables = Vec::new();
    collect_tables(root, &mut tables);
    // A table with neither a header nor braces is spread over dotted keys: its place is no guide.
    let opened_by = |bracket: u8| {
        let tables = tables.iter();
        tables.filter(move |(_, place, _)| text.as_bytes().get(place.start) == Some(&bracket))
    };
    let inline = opened_by(b'{')
        .filter(|(_, place, _)| place.start <= span.start && span.end <= place.end)
        .max_by_key(|(_, place, _)| place.start);
    let headed = opened_by(b'[')
        .filter(|(_, place, _)| place.end <= span.start)
        .max_by_key(|(_, place, _)| place.start);
    match inline.or(headed) {
        Some((key, _, table)) => (Some(key.clone()), *table),
        None => (None, root),
    }
}

fn collect_tables<'t, 'i>(table: &'t DeTable<'i>, into: &mut Vec<(Span, Span, &'t DeTable<'i>)>) {
    for (key, value) in table {
        collect(key, value, into);
    }
}

fn collect<'t, 'i>(
    key: &Spanned<toml::de::DeString<'i>>,
    value: &'t Spanned<DeValue<'i>>,
    into: &mut Vec<(Span, Span, &'t DeTable<'i>)>,
) {
    if let DeValue::Table(inner) = value.get_ref() {
        into.push((key.span(), value.span(), inner));
        collect_tables(inner, into);
    }
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
}
