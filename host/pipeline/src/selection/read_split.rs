//! Reads `split`: which keys there are depends on how the rows are divided.

use super::read::{read_columns, read_fraction, read_seed};
use super::read_comparison::read_value;
use super::{Cut, Split};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::Entry;
use crate::reader::{self, Section};

const WAYS: [&str; 3] = ["random", "hash", "time"];
const KEYS: [&str; 7] = [
    "by",
    "column",
    "columns",
    "test",
    "validation",
    "at",
    "seed",
];
const RANDOM_KEYS: [&str; 4] = ["by", "test", "validation", "seed"];
const HASH_KEYS: [&str; 6] = ["by", "column", "columns", "test", "validation", "seed"];
const TIME_KEYS: [&str; 5] = ["by", "column", "test", "validation", "at"];

const BY_REMEDY: &str = "add `by = \"random\"`, `by = \"hash\"` or `by = \"time\"`";
const TEST_REMEDY: &str = "add `test = 0.2`, the share of the rows that is for testing";
const COLUMN_REMEDY: &str = "add `column = \"…\"`";

pub(super) fn read(
    entry: &Entry,
    of: &str,
    seed: u64,
    diagnostics: &mut Diagnostics,
) -> Option<Split> {
    let title = format!("`split` of {of}");
    let entries = reader::table(&entry.node, &title, diagnostics)?;
    let by = entries.iter().find(|entry| entry.name == "by");
    let way = match by {
        Some(by) => {
            let text = reader::string(&by.node, &format!("`by` in {title}"), diagnostics)?;
            let known = WAYS.contains(&text);
            if !known {
                let message = format!("cannot split by `{}` in {title}", text.escape_debug());
                let hint = names::hint(text, "ways to split", WAYS);
                reader::report(&by.node, message, Some(hint), diagnostics);
            }
            known.then_some(text)
        }
        None => None,
    };
    let (keys, title): (&[&str], _) = match way {
        Some("random") => (&RANDOM_KEYS, format!("the random {title}")),
        Some("hash") => (&HASH_KEYS, format!("the {title} by hash")),
        Some("time") => (&TIME_KEYS, format!("the {title} by time")),
        _ => (&KEYS, title),
    };
    let section = Section::open(entry, &title, keys, diagnostics)?;
    section.required("by", BY_REMEDY, diagnostics);
    match way? {
        "random" => {
            let seed = read_seed(section, seed, diagnostics);
            let (test, validation) = read_shares(section, diagnostics)?;
            Some(Split::Random {
                test,
                validation,
                seed: seed?,
            })
        }
        "hash" => {
            let seed = read_seed(section, seed, diagnostics);
            let columns = read_hashed(section, diagnostics);
            let (test, validation) = read_shares(section, diagnostics)?;
            Some(Split::Hash {
                columns: columns?,
                test,
                validation,
                seed: seed?,
            })
        }
        _ => {
            let column = section.required("column", COLUMN_REMEDY, diagnostics);
            let column = column.and_then(|column| {
                let name = reader::string(&column.node, &section.key("column"), diagnostics)?;
                Some(name.to_owned())
            });
            let cut = read_cut(section, diagnostics)?;
            Some(Split::Time {
                column: column?,
                cut,
            })
        }
    }
}

/// `column = "…"`, or `columns = ["…", "…"]`.
fn read_hashed(section: Section<'_>, diagnostics: &mut Diagnostics) -> Option<Vec<String>> {
    match (section.optional("column"), section.optional("columns")) {
        (Some(column), None) => {
            let name = reader::string(&column.node, &section.key("column"), diagnostics)?;
            Some(vec![name.to_owned()])
        }
        (None, Some(columns)) => read_columns(&columns.node, &section.key("columns"), diagnostics),
        (Some(column), Some(columns)) => exclude(section, column, columns, diagnostics),
        (None, None) => {
            section.required("column", COLUMN_REMEDY, diagnostics);
            None
        }
    }
}

/// `test = 0.2`, with `validation = 0.1` or without.
fn read_shares(section: Section<'_>, diagnostics: &mut Diagnostics) -> Option<(f64, Option<f64>)> {
    let test = section.required("test", TEST_REMEDY, diagnostics);
    let test = test.and_then(|entry| read_fraction(entry, section, false, diagnostics));
    let Some(entry) = section.optional("validation") else {
        return Some((test?, None));
    };
    let validation = read_fraction(entry, section, false, diagnostics)?;
    let test = test?;
    if test + validation >= 1.0 {
        let message = format!("{} leaves no rows to train with", section.title);
        let hint = "`test` and `validation` are together less than 1".to_owned();
        reader::report(&entry.node, message, Some(hint), diagnostics);
        return None;
    }
    Some((test, Some(validation)))
}

fn read_cut(section: Section<'_>, diagnostics: &mut Diagnostics) -> Option<Cut> {
    let Some(at) = section.optional("at") else {
        let (test, validation) = read_shares(section, diagnostics)?;
        return Some(Cut::Share { test, validation });
    };
    let other = ["test", "validation"];
    if let Some(other) = other.iter().find_map(|key| section.optional(key)) {
        return exclude(section, at, other, diagnostics);
    }
    let at = read_value(&at.node, "at", diagnostics)?;
    Some(Cut::At { at })
}

fn exclude<T>(
    section: Section<'_>,
    one: &Entry,
    other: &Entry,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let message = format!(
        "`{}` and `{}` in {} exclude each other",
        one.name, other.name, section.title
    );
    diagnostics.push(
        Diagnostic::new(message)
            .at(other.key_span.clone())
            .related(one.key_span.clone(), "the other one")
            .hint("keep one of the two"),
    );
    None
}
