//! What `unique` keeps of a column: a 64-bit key of each value, and its row.
//!
//! Values of up to 64 bits are their own keys. Of a text the key is its XXH3 hash,
//! for texts themselves would take memory without bound; equal texts have equal
//! keys, so that a duplicate is never overlooked. The values themselves are kept as long as there
//! are not too many different ones, so that those that are repeated can be shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tally::{EXAMPLES, Example, Tally, Value};

/// Up to so many different values are kept. Whether there are more follows from the rows alone, and
/// not from how they were split: no part has more than the whole.
const SHOWN: usize = 16_384;

/// The keys of a column's values with their rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Keys {
    entries: Vec<(u64, u64)>,
    /// The values by their keys, unless they are too many.
    values: Option<BTreeMap<u64, Value>>,
}

/// Values that occur more than once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Duplicates {
    /// Every row that holds one is unexpected.
    pub(crate) tally: Tally,
    /// The first two rows of the value that is the first to be repeated, and the value.
    pub(crate) pair: Option<([u64; 2], Option<Value>)>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            values: Some(BTreeMap::new()),
        }
    }
}

impl Keys {
    /// Takes in a value by its key.
    pub(crate) fn add(&mut self, key: u64, row: u64, value: impl FnOnce() -> Value) {
        self.entries.push((key, row));
        if let Some(values) = &mut self.values {
            values.entry(key).or_insert_with(value);
            self.keep_bound();
        }
    }

    /// Takes in the keys of the rows that follow the first so many.
    pub(crate) fn merge(&mut self, later: &Self, rows_before: u64) {
        let entries = later.entries.iter();
        self.entries
            .extend(entries.map(|(key, row)| (*key, row + rows_before)));
        match (&mut self.values, &later.values) {
            (Some(ours), Some(theirs)) => {
                for (key, value) in theirs {
                    ours.entry(*key).or_insert_with(|| value.clone());
                }
            }
            _ => self.values = None,
        }
        self.keep_bound();
    }

    fn keep_bound(&mut self) {
        if self
            .values
            .as_ref()
            .is_some_and(|values| values.len() > SHOWN)
        {
            self.values = None;
        }
    }

    /// The same keys in ascending order: equal knowledge, equal bytes.
    pub(crate) fn sorted(&self) -> Self {
        let mut entries = self.entries.clone();
        // A stable sort makes use of the runs that merged states come in.
        entries.sort();
        Self {
            entries,
            values: self.values.clone(),
        }
    }

    /// The values that occur more than once, where the keys are sorted.
    pub(crate) fn duplicates(&self) -> Duplicates {
        let mut rows: Vec<(u64, u64)> = Vec::new();
        let mut pair: Option<([u64; 2], u64)> = None;
        let runs = self.entries.chunk_by(|(key, _), (next, _)| key == next);
        for run in runs.filter(|run| run.len() > 1) {
            rows.extend(run.iter().map(|(key, row)| (*row, *key)));
            if let [(key, first), (_, second), ..] = run {
                let next = ([*first, *second], *key);
                pair = Some(pair.map_or(next, |other| other.min(next)));
            }
        }
        rows.sort_unstable();
        let value = |key: &u64| self.values.as_ref()?.get(key).cloned();
        let examples = rows.iter().take(EXAMPLES).map(|(row, key)| Example {
            row: *row,
            value: value(key).unwrap_or(Value::Null),
        });
        Duplicates {
            tally: Tally {
                values: self.entries.len() as u64,
                unexpected: rows.len() as u64,
                examples: examples.collect(),
            },
            pair: pair.map(|(rows, key)| (rows, value(&key))),
        }
    }
}
