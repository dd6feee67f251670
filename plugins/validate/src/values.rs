//! The different values of a column by their keys: of the rows that are checked with what a finding
//! says of them, of a reference nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::tally::{EXAMPLES, Example, Tally, Value};

/// The different values of a column, some sixty bytes each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Values {
    count: u64,
    by_key: BTreeMap<u64, Occurrences>,
}

/// Where a value occurs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Occurrences {
    count: u64,
    first: Example,
}

/// The keys of a column of a reference.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeySet {
    keys: BTreeSet<u64>,
}

impl Values {
    /// Takes in a value by its key.
    pub(crate) fn add(&mut self, key: u64, row: u64, value: impl FnOnce() -> Value) {
        self.count += 1;
        let occurrences = self.by_key.entry(key).or_insert_with(|| Occurrences {
            count: 0,
            first: Example {
                row,
                value: value(),
            },
        });
        occurrences.count += 1;
    }

    /// Takes in the values of the rows that follow the first so many.
    pub(crate) fn merge(&mut self, later: Self, rows_before: u64) {
        self.count += later.count;
        for (key, mut theirs) in later.by_key {
            match self.by_key.get_mut(&key) {
                Some(ours) => ours.count += theirs.count,
                None => {
                    theirs.first.row += rows_before;
                    self.by_key.insert(key, theirs);
                }
            }
        }
    }

    /// Those that are not in the reference, each value once as an example.
    pub(crate) fn missing_from(&self, reference: &KeySet) -> Tally {
        let missing = self.by_key.iter();
        let missing = missing.filter(|(key, _)| !reference.keys.contains(key));
        let missing: Vec<_> = missing.map(|(_, occurrences)| occurrences).collect();
        let mut examples: Vec<_> = missing.iter().map(|one| one.first.clone()).collect();
        examples.sort_by_key(|example| example.row);
        examples.truncate(EXAMPLES);
        Tally {
            values: self.count,
            unexpected: missing.iter().map(|one| one.count).sum(),
            examples,
        }
    }
}

impl KeySet {
    pub(crate) fn add(&mut self, key: u64) {
        self.keys.insert(key);
    }

    pub(crate) fn merge(&mut self, later: Self) {
        self.keys.extend(later.keys);
    }
}
