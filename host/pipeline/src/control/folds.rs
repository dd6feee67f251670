//! Reads `folds` of an evaluator: how the rows are divided for a cross-validation.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;
use crate::node::{Content, Entry};
use crate::reader::{self, Section};
use crate::scope::Scope;
use crate::selection::{read_columns, read_seed};

const KEYS: [&str; 5] = ["count", "by", "column", "columns", "seed"];

/// How rows are divided into folds. Each fold is tested with once, by a model that was trained
/// without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Folds {
    /// Each row for itself, by a hash of its position.
    Random {
        /// The number of folds, at least 2.
        count: u32,
        /// What the hash starts from.
        seed: u64,
    },
    /// By a hash of values, so that rows with equal values are in one fold.
    Hash {
        /// The number of folds, at least 2.
        count: u32,
        /// The columns with these values.
        columns: Vec<String>,
        /// What the hash starts from.
        seed: u64,
    },
    /// In the order of time: the rows are divided into one block more than there are folds, and
    /// each fold trains with all blocks before the one that it tests with, as scikit-learn's
    /// `TimeSeriesSplit` does.
    Time {
        /// The number of folds, at least 2.
        count: u32,
        /// The column that says when.
        column: String,
    },
}

impl Folds {
    /// How many there are.
    pub fn count(&self) -> u32 {
        match self {
            Self::Random { count, .. } | Self::Hash { count, .. } | Self::Time { count, .. } => {
                *count
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Way {
    Random,
    Hash,
    Time,
}

/// Reads `folds = 5`, or `folds = { count = 5, by = "time", column = "date" }`.
pub(super) fn read(
    entry: &Entry,
    title: &str,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Folds> {
    let title = format!("`folds` in {title}");
    let read_count = |entry: &Entry, diagnostics: &mut Diagnostics| {
        let count = reader::integer_in(&entry.node, &title, 2..=1000, diagnostics)?;
        u32::try_from(count).ok()
    };
    let seed = scope.seed;
    if !matches!(entry.node.content, Content::Table(_)) {
        let count = read_count(entry, diagnostics)?;
        return Some(Folds::Random { count, seed });
    }
    let section = Section::open(entry, &title, &KEYS, diagnostics)?;
    let count = section.required("count", "add `count = 5`", diagnostics);
    let count = count.and_then(|entry| read_count(entry, diagnostics));
    let way = section.optional("by").and_then(|by| {
        let known = [
            ("random", Way::Random),
            ("hash", Way::Hash),
            ("time", Way::Time),
        ];
        reader::one_of(&by.node, &section.key("by"), &known, diagnostics)
    });
    let seed = read_seed(section, seed, diagnostics);
    let column = section
        .optional("column")
        .and_then(|entry| reader::string(&entry.node, &section.key("column"), diagnostics));
    let columns = section
        .optional("columns")
        .and_then(|entry| read_columns(&entry.node, &section.key("columns"), diagnostics));
    let needed = |diagnostics: &mut Diagnostics| {
        section.required("column", "add `column = \"…\"`", diagnostics);
    };
    match way.unwrap_or(Way::Random) {
        Way::Random => Some(Folds::Random {
            count: count?,
            seed: seed?,
        }),
        Way::Hash => {
            let columns = columns.or_else(|| Some(vec![column?.to_owned()]));
            if columns.is_none() {
                needed(diagnostics);
            }
            Some(Folds::Hash {
                count: count?,
                columns: columns?,
                seed: seed?,
            })
        }
        Way::Time => {
            if column.is_none() {
                needed(diagnostics);
            }
            Some(Folds::Time {
                count: count?,
                column: column?.to_owned(),
            })
        }
    }
}
