//! The sum of a column, with what every addition has rounded away: Neumaier, "Rundungsfehleranalyse
//! einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1), 1974.

use serde::{Deserialize, Serialize};

/// Independent sums, so that one addition need not wait for the one before it.
const LANES: usize = 8;

/// A sum. Splitting the values in a different place changes it by rounding only; whole numbers are
/// added exactly up to 2⁵³.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sum {
    count: u64,
    sum: f64,
    rounded: f64,
}

impl Sum {
    /// Takes in a block of values without NaN but for missing ones.
    pub(crate) fn update(&mut self, values: &[f64], missing: u64) {
        let mut lanes = [0.0; LANES];
        let (chunks, rest) = values.as_chunks::<LANES>();
        for chunk in chunks {
            for (lane, value) in lanes.iter_mut().zip(chunk) {
                *lane += if value.is_nan() { 0.0 } else { *value };
            }
        }
        self.count += values.len() as u64 - missing;
        let rest = rest.iter().filter(|value| !value.is_nan());
        lanes.iter().chain(rest).for_each(|value| self.add(*value));
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        self.count += later.count;
        self.add(later.sum);
        self.rounded += later.rounded;
    }

    /// The sum; `None` before there is a value.
    pub(crate) fn value(&self) -> Option<f64> {
        // An infinite sum has NaN for what was rounded.
        let sum = if self.sum.is_finite() {
            self.sum + self.rounded
        } else {
            self.sum
        };
        (self.count > 0).then_some(sum)
    }

    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.rounded += if self.sum.abs() >= value.abs() {
            (self.sum - sum) + value
        } else {
            (value - sum) + self.sum
        };
        self.sum = sum;
    }
}
