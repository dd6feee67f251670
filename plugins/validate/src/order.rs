//! Whether values go one way from row to row.

use serde::{Deserialize, Serialize};

use crate::column_params::Direction;
use crate::tally::{Example, Tally, Value};

/// The way that values should go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Way {
    pub(crate) direction: Direction,
    pub(crate) strictly: bool,
}

impl Way {
    /// Whether the next value may follow the one before.
    fn allows(self, before: f64, next: f64) -> bool {
        let (low, high) = match self.direction {
            Direction::Increasing => (before, next),
            Direction::Decreasing => (next, before),
        };
        low < high || (low == high && !self.strictly)
    }
}

/// The values that do not go the way, and what later rows need for a comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) tally: Tally,
    /// The first value with its row.
    first: Option<(u64, f64)>,
    last: Option<f64>,
}

impl Order {
    /// Takes in the next value, which is not NaN.
    pub(crate) fn add(&mut self, way: Way, row: u64, value: f64) {
        self.tally.values += 1;
        self.first.get_or_insert((row, value));
        if self.last.is_some_and(|last| !way.allows(last, value)) {
            self.tally.unexpected(row, || Value::Number(value));
        }
        self.last = Some(value);
    }

    /// Takes in the values of the rows that follow the first so many.
    pub(crate) fn merge(&mut self, way: Way, mut later: Self, rows_before: u64) {
        let Some((row, value)) = later.first else {
            return;
        };
        if self.last.is_some_and(|last| !way.allows(last, value)) {
            later.tally.unexpected += 1;
            let value = Value::Number(value);
            later.tally.examples.insert(0, Example { row, value });
        }
        self.first.get_or_insert((row + rows_before, value));
        self.last = later.last;
        self.tally.merge(&later.tally, rows_before);
    }
}
