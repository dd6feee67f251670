//! The smallest and the largest value of a column.

use arrow_array::Array;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::column::Ends;

/// The smallest and the largest of the values seen; NaN is none, and -0.0 is 0.0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extremes {
    range: Option<(f64, f64)>,
}

impl Extremes {
    /// Takes in more values.
    pub fn update(&mut self, values: &[f64]) {
        self.include_ends(Ends::of_values(values));
    }

    /// Takes in what was found of more values.
    pub fn include_ends(&mut self, ends: Ends) {
        let Ends { low, high, .. } = ends;
        // Of no values, the lowest is above the highest.
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
        self.include_ends(Ends::of(array, None)?);
        Ok(())
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
