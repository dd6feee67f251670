//! The smallest and the largest value of a column.

use arrow_array::Array;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::column::for_each_present;

/// The smallest and the largest of the values seen; NaN is none, and -0.0 is 0.0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extremes {
    range: Option<(f64, f64)>,
}

/// How many values are compared side by side, so that one need not wait for the other.
const LANES: usize = 8;

/// The smallest and the largest values, each of some of all values.
struct Lanes {
    low: [f64; LANES],
    high: [f64; LANES],
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            low: [f64::INFINITY; LANES],
            high: [f64::NEG_INFINITY; LANES],
        }
    }
}

impl Lanes {
    fn update(&mut self, values: &[f64; LANES]) {
        let ends = self.low.iter_mut().zip(&mut self.high);
        for ((low, high), value) in ends.zip(values) {
            // A comparison with NaN is false, so that NaN changes nothing.
            *low = if *value < *low { *value } else { *low };
            *high = if *value > *high { *value } else { *high };
        }
    }
}

impl Extremes {
    /// Takes in more values.
    pub fn update(&mut self, values: &[f64]) {
        let mut lanes = Lanes::default();
        let (blocks, rest) = values.as_chunks::<{ 4 * LANES }>();
        for block in blocks {
            for values in block.as_chunks().0 {
                lanes.update(values);
            }
        }
        for value in rest {
            lanes.update(&[*value; LANES]);
        }
        let low = lanes.low.into_iter().fold(f64::INFINITY, f64::min);
        let high = lanes.high.into_iter().fold(f64::NEG_INFINITY, f64::max);
        // Before there is a value, the lowest is above the highest.
        if low <= high {
            // Adding 0.0 makes 0.0 of -0.0 and changes nothing else.
            self.include(low + 0.0, high + 0.0);
        }
    }

    /// Takes in a column of numbers, whose nulls count for nothing.
    ///
    /// # Errors
    /// [`crate::Error::NotNumeric`] where it holds no numbers.
    pub fn update_array(&mut self, array: &dyn Array) -> Result<()> {
        for_each_present(array, |values| self.update(values)).map(drop)
    }

    /// Takes in what another one has seen.
    pub fn merge(&mut self, later: &Self) {
        if let Some((low, high)) = later.range {
            self.include(low, high);
        }
    }

    /// The smallest value; `None` before there is one.
    pub fn minimum(&self) -> Option<f64> {
        self.range.map(|(low, _)| low)
    }

    /// The largest value; `None` before there is one.
    pub fn maximum(&self) -> Option<f64> {
        self.range.map(|(_, high)| high)
    }

    fn include(&mut self, low: f64, high: f64) {
        self.range = Some(match self.range {
            Some((lowest, highest)) => (lowest.min(low), highest.max(high)),
            None => (low, high),
        });
    }
}
