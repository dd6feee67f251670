//! Count, mean and variance of a column in one pass over its rows.
//!
//! A block of values is taken in as a whole: its mean and its sum of squared
//! deviations by the corrected two-pass algorithm, in independent lanes so that the
//! loops vectorise, and then merged with what is known already by the pairwise
//! update of Chan, Golub and LeVeque, "Algorithms for Computing the Sample
//! Variance: Analysis and Recommendations", The American Statistician 37 (3), 1983.

use arrow_array::Array;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::column::{BLOCK_ROWS, for_each_present};

/// Independent sums, so that one addition need not wait for the one before it.
const LANES: usize = 8;

/// Count, mean and variance of the values of a column.
///
/// Nulls and NaN are counted and otherwise left out. An infinite value makes the
/// mean infinite or NaN and the variance NaN. Merging in a different order, or
/// splitting the values in a different place, changes results by rounding only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    count: u64,
    mean: f64,
    /// The sum of squared deviations from the mean.
    squares: f64,
    nulls: u64,
    nans: u64,
}

impl Moments {
    /// Takes in more values.
    pub fn update(&mut self, values: &[f64]) {
        for block in values.chunks(BLOCK_ROWS) {
            self.merge(&Self::of_block(block));
        }
    }

    /// Takes in a column of numbers.
    ///
    /// # Errors
    /// [`crate::Error::NotNumeric`] where it holds no numbers.
    pub fn update_array(&mut self, array: &dyn Array) -> Result<()> {
        self.nulls += for_each_present(array, |values| self.update(values))?;
        Ok(())
    }

    /// Counts rows without a value.
    pub fn add_nulls(&mut self, nulls: u64) {
        self.nulls += nulls;
    }

    /// Takes in what another one has learned from later rows.
    pub fn merge(&mut self, later: &Self) {
        self.nulls += later.nulls;
        self.nans += later.nans;
        if later.count == 0 {
            return;
        }
        let (ours, theirs) = (self.count as f64, later.count as f64);
        let total = ours + theirs;
        let difference = later.mean - self.mean;
        self.mean += difference * (theirs / total);
        self.squares += later.squares + difference * difference * (ours * theirs / total);
        self.count += later.count;
    }

    /// The number of values, without nulls and NaN.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The number of rows without a value.
    pub fn nulls(&self) -> u64 {
        self.nulls
    }

    /// The number of values that are NaN.
    pub fn nans(&self) -> u64 {
        self.nans
    }

    /// The arithmetic mean; `None` before there is a value.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The population variance, which divides by the count; `None` before there is
    /// a value.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 0).then(|| self.squares / self.count as f64)
    }

    /// The sample variance, which divides by the count less one; `None` before
    /// there are two values.
    pub fn sample_variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }

    /// The square root of the population variance.
    pub fn standard_deviation(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// The square root of the sample variance.
    pub fn sample_standard_deviation(&self) -> Option<f64> {
        self.sample_variance().map(f64::sqrt)
    }

    fn of_block(values: &[f64]) -> Self {
        let [total, nans] = lane_sums(values, |value| {
            if value.is_nan() {
                [0.0, 1.0]
            } else {
                [value, 0.0]
            }
        });
        let nans = nans as u64;
        let count = values.len() as u64 - nans;
        if count == 0 {
            return Self {
                nans,
                ..Self::default()
            };
        }
        let guess = total / count as f64;
        let [rest, squares] = lane_sums(values, |value| {
            let deviation = if value.is_nan() { 0.0 } else { value - guess };
            [deviation, deviation * deviation]
        });
        // Without rounding the deviations would add up to zero: what they do add up
        // to corrects both the mean and the squares.
        let correction = rest / count as f64;
        let mean = guess + correction;
        let squares = (squares - rest * correction).max(0.0);
        // An infinite guess has NaN for deviations; its mean stands as it is.
        let mean = if guess.is_finite() { mean } else { guess };
        let squares = if guess.is_finite() { squares } else { f64::NAN };
        Self {
            count,
            mean,
            squares,
            nulls: 0,
            nans,
        }
    }
}

/// Sums two numbers per value, in lanes that are added up at the end.
fn lane_sums(values: &[f64], terms: impl Fn(f64) -> [f64; 2]) -> [f64; 2] {
    let mut sums = [[0.0; LANES]; 2];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &value) in chunk.iter().enumerate() {
            let [first, second] = terms(value);
            sums[0][lane] += first;
            sums[1][lane] += second;
        }
    }
    for (lane, &value) in rest.iter().enumerate() {
        let [first, second] = terms(value);
        sums[0][lane] += first;
        sums[1][lane] += second;
    }
    sums.map(|lanes| lanes.iter().sum())
}
