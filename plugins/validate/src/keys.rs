//! What `unique` keeps of a column: a 64-bit key of each value, and its row.
//!
//! Values of up to 64 bits are their own keys. Of a text the key is its XXH3 hash,
//! for texts themselves would take memory without bound; equal texts have equal
//! keys, so that a duplicate is never overlooked.

use serde::{Deserialize, Serialize};

/// The keys of a column's values with their rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Keys {
    entries: Vec<(u64, u64)>,
}

/// Values that occur more than once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Duplicates {
    /// Every row that holds one, in order.
    pub(crate) rows: Vec<u64>,
    /// The first two rows of the value that is the first to be repeated.
    pub(crate) pair: Option<[u64; 2]>,
}

impl Keys {
    /// Takes in a value by its key.
    pub(crate) fn add(&mut self, key: u64, row: u64) {
        self.entries.push((key, row));
    }

    /// Takes in the keys of the rows that follow the first so many.
    pub(crate) fn merge(&mut self, later: &Self, rows_before: u64) {
        let entries = later.entries.iter();
        self.entries
            .extend(entries.map(|(key, row)| (*key, row + rows_before)));
    }

    /// The same keys in ascending order: equal knowledge, equal bytes.
    pub(crate) fn sorted(&self) -> Self {
        let mut entries = self.entries.clone();
        // A stable sort makes use of the runs that merged states come in.
        entries.sort();
        Self { entries }
    }

    /// How many values there are, without nulls.
    pub(crate) fn count(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The values that occur more than once, where the keys are sorted.
    pub(crate) fn duplicates(&self) -> Duplicates {
        let mut duplicates = Duplicates::default();
        let runs = self.entries.chunk_by(|(key, _), (next, _)| key == next);
        for run in runs.filter(|run| run.len() > 1) {
            duplicates.rows.extend(run.iter().map(|(_, row)| *row));
            if let [(_, first), (_, second), ..] = run {
                let pair = [*first, *second];
                duplicates.pair = Some(duplicates.pair.map_or(pair, |other| other.min(pair)));
            }
        }
        duplicates.rows.sort_unstable();
        duplicates
    }
}
