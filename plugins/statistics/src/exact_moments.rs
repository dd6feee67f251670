//! Count, mean and variance without rounding on the way.

use serde::{Deserialize, Serialize};

use crate::ExactSum;

/// Count, mean and variance of numbers, each rounded once when it is asked for: the same bits in
/// whatever order and parts the numbers came. Of equal numbers the variance is zero. It takes some
/// four times as long as [`crate::Moments`].
///
/// NaN and infinities make all but the count NaN. Squares above 1.8e308 are infinite.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExactMoments {
    count: u64,
    sum: ExactSum,
    squares: ExactSum,
}

impl ExactMoments {
    /// Takes in a number.
    #[inline]
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum.add(value);
        self.squares.add_product(value, value);
    }

    /// Takes in what another one has learned.
    pub fn merge(&mut self, later: &Self) {
        self.count += later.count;
        self.sum.merge(&later.sum);
        self.squares.merge(&later.squares);
    }

    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their sum.
    pub fn sum(&self) -> &ExactSum {
        &self.sum
    }

    /// The sum of their squares.
    pub fn squares(&self) -> &ExactSum {
        &self.squares
    }

    /// The arithmetic mean; `None` before there is a number.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum.value() / self.count as f64)
    }

    /// The sum of squared deviations from the mean: `(n Σx² - (Σx)²) / n`; `None` before there is a
    /// number.
    pub fn squared_deviations(&self) -> Option<f64> {
        let count = (self.count > 0).then_some(self.count as f64)?;
        let times_count = self.squares.times(count).minus(&self.sum.squared());
        Some(times_count.value() / count)
    }

    /// The population variance, which divides by the count; `None` before there is a number.
    pub fn variance(&self) -> Option<f64> {
        Some(self.squared_deviations()? / self.count as f64)
    }

    /// The square root of the sample variance, which divides by the count less one; `None` before
    /// there are two numbers.
    pub fn sample_standard_deviation(&self) -> Option<f64> {
        let degrees = self.count.checked_sub(1).filter(|degrees| *degrees > 0)?;
        Some((self.squared_deviations()? / degrees as f64).sqrt())
    }
}

impl Extend<f64> for ExactMoments {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.add(value));
    }
}

impl FromIterator<f64> for ExactMoments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::default();
        moments.extend(values);
        moments
    }
}
