//! Reads `columns` and `sample` of a table of data, and hands the rest to the readers beside this
//! one. Whether a column exists and a value fits it is not known yet.

use super::{Sample, Selection, Side, read_comparison, read_split};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::node::{Content, Entry, Node};
use crate::reader::{self, Section};

/// The keys of a selection in a table of data.
pub(crate) const KEYS: [&str; 4] = ["columns", "where", "sample", "split"];

const SAMPLE_KEYS: [&str; 3] = ["fraction", "rows", "seed"];

/// The largest seed: every reader of JSON keeps it (2^53).
const LARGEST_SEED: u64 = 1 << 53;

/// The selection of the data that `section` is about. `seed` is that of the pipeline.
pub(crate) fn read(section: Section<'_>, seed: u64, diagnostics: &mut Diagnostics) -> Selection {
    let columns = section.optional("columns");
    let comparisons = section.optional("where");
    let sample = section.optional("sample");
    let split = section.optional("split");
    Selection {
        columns: columns
            .and_then(|entry| read_columns(&entry.node, &section.key("columns"), diagnostics)),
        comparisons: comparisons
            .map(|entry| read_comparison::read(entry, section, diagnostics))
            .unwrap_or_default(),
        sample: sample.and_then(|entry| read_sample(entry, section.title, seed, diagnostics)),
        split: split.and_then(|entry| read_split::read(entry, section.title, seed, diagnostics)),
    }
}

/// The sides that other parts of the file can refer to, as far as the text alone tells: those of
/// a split with mistakes, too.
pub(crate) fn sides(data: &Entry) -> Vec<Side> {
    let Content::Table(entries) = &data.node.content else {
        return Vec::new();
    };
    let Some(split) = entries.iter().find(|entry| entry.name == "split") else {
        return Vec::new();
    };
    let has_validation = match &split.node.content {
        Content::Table(keys) => keys.iter().any(|key| key.name == "validation"),
        _ => false,
    };
    let validation = has_validation.then_some(Side::Validation);
    let sides = [Some(Side::Train), validation, Some(Side::Test)];
    sides.into_iter().flatten().collect()
}

/// The names of columns: at least one, and none twice.
pub(crate) fn read_columns(
    node: &Node,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<String>> {
    let names = reader::strings(node, what, diagnostics)?;
    if names.is_empty() && matches!(&node.content, Content::Array(items) if items.is_empty()) {
        let hint = "name at least one column, or leave the key out";
        reader::report(
            node,
            format!("{what} is empty"),
            Some(hint.to_owned()),
            diagnostics,
        );
        return None;
    }
    for (index, (name, node)) in names.iter().enumerate() {
        if let Some((_, first)) = names[..index].iter().find(|(earlier, _)| earlier == name) {
            let message = format!("column `{}` is named twice", name.escape_debug());
            diagnostics.push(
                Diagnostic::new(message)
                    .at(node.span.clone())
                    .label("named again here")
                    .related(first.span.clone(), "first named here")
                    .hint("remove one of the two"),
            );
        }
    }
    Some(names.into_iter().map(|(name, _)| name.to_owned()).collect())
}

fn read_sample(
    entry: &Entry,
    of: &str,
    seed: u64,
    diagnostics: &mut Diagnostics,
) -> Option<Sample> {
    let title = format!("`sample` of {of}");
    let section = Section::open(entry, &title, &SAMPLE_KEYS, diagnostics)?;
    let seed = read_seed(section, seed, diagnostics);
    match (section.optional("fraction"), section.optional("rows")) {
        (Some(fraction), None) => {
            let fraction = read_fraction(fraction, section, true, diagnostics)?;
            Some(Sample::Fraction {
                fraction,
                seed: seed?,
            })
        }
        (None, Some(rows)) => {
            let number = reader::integer(&rows.node, &section.key("rows"), diagnostics)?;
            let number = u64::try_from(number).ok().filter(|number| *number > 0);
            if number.is_none() {
                let message = format!("{} is not above zero", section.key("rows"));
                reader::report(&rows.node, message, None, diagnostics);
            }
            Some(Sample::Rows {
                rows: number?,
                seed: seed?,
            })
        }
        (Some(fraction), Some(rows)) => {
            let message = format!("`fraction` and `rows` in {title} exclude each other");
            diagnostics.push(
                Diagnostic::new(message)
                    .at(rows.key_span.clone())
                    .related(fraction.key_span.clone(), "the other one")
                    .hint("keep one of the two"),
            );
            None
        }
        (None, None) => {
            let hint = "write `sample = { fraction = 0.1 }` or `sample = { rows = 10000 }`";
            let message = format!("{title} has neither `fraction` nor `rows`");
            let diagnostic = Diagnostic::new(message).at(entry.key_span.clone());
            diagnostics.push(diagnostic.hint(hint));
            None
        }
    }
}

/// A share of the rows: above 0 and below 1, or 1 where `whole` allows it.
pub(super) fn read_fraction(
    entry: &Entry,
    section: Section<'_>,
    whole: bool,
    diagnostics: &mut Diagnostics,
) -> Option<f64> {
    let what = section.key(&entry.name);
    let fraction = reader::number(&entry.node, &what, diagnostics)?;
    if fraction > 0.0 && (fraction < 1.0 || whole && fraction <= 1.0) {
        return Some(fraction);
    }
    let message = match whole {
        true => format!("{what} is not above 0 and at most 1"),
        false => format!("{what} is not between 0 and 1"),
    };
    let hint = "a tenth of the rows is `0.1`".to_owned();
    reader::report(&entry.node, message, Some(hint), diagnostics);
    None
}

/// The key `seed` of a section, or the seed of the pipeline.
pub(crate) fn read_seed(
    section: Section<'_>,
    default: u64,
    diagnostics: &mut Diagnostics,
) -> Option<u64> {
    let Some(entry) = section.optional("seed") else {
        return Some(default);
    };
    let seed = reader::integer(&entry.node, &section.key("seed"), diagnostics)?;
    let seed = u64::try_from(seed)
        .ok()
        .filter(|seed| *seed <= LARGEST_SEED);
    if seed.is_none() {
        let message = format!("{} is out of range", section.key("seed"));
        let hint = format!("a seed of data is an integer from 0 to {LARGEST_SEED}");
        reader::report(&entry.node, message, Some(hint), diagnostics);
    }
    seed
}
