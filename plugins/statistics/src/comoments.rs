//! How two columns of numbers vary together, in one pass over their rows.
//!
//! A block of pairs is taken in as a whole, its sums about its own means, and then merged with what
//! is known already by the pairwise update of Pébay, "Formulas for Robust, One-Pass Parallel
//! Computation of Covariances and Arbitrary-Order Statistical Moments", Sandia report SAND2008-6212,
//! 2008.

use serde::{Deserialize, Serialize};

use crate::column::BLOCK_ROWS;

/// Count, means, variances and covariance of pairs of values.
///
/// A pair of which either value is NaN is left out. Merging in a different order, or splitting the
/// pairs in a different place, changes results by rounding only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comoments {
    count: u64,
    means: [f64; 2],
    /// The sums of squared deviations from the means.
    squares: [f64; 2],
    /// The sum of products of both deviations.
    products: f64,
}

impl Comoments {
    /// Takes in more pairs: as many as the shorter of both has.
    pub fn update(&mut self, first: &[f64], second: &[f64]) {
        let blocks = first.chunks(BLOCK_ROWS).zip(second.chunks(BLOCK_ROWS));
        for (first, second) in blocks {
            self.merge(&Self::of_block(first, second));
        }
    }

    /// Takes in what another one has learned from later pairs.
    pub fn merge(&mut self, later: &Self) {
        if later.count == 0 {
            return;
        }
        let (ours, theirs) = (self.count as f64, later.count as f64);
        let total = ours + theirs;
        let differences = [0, 1].map(|side| later.means[side] - self.means[side]);
        for (side, difference) in differences.into_iter().enumerate() {
            self.means[side] += difference * (theirs / total);
            self.squares[side] +=
                later.squares[side] + difference * difference * (ours * theirs / total);
        }
        self.products += later.products + differences[0] * differences[1] * (ours * theirs / total);
        self.count += later.count;
    }

    /// The number of pairs.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Pearson's correlation coefficient, from -1 to 1. `None` where there are less than two pairs,
    /// where all values of a side are the same, or where one is infinite.
    pub fn correlation(&self) -> Option<f64> {
        // The product of the roots is less exact, and does not overflow.
        let product = self.squares[0] * self.squares[1];
        let scale = if product.is_finite() && product > 0.0 {
            product.sqrt()
        } else {
            self.squares[0].sqrt() * self.squares[1].sqrt()
        };
        let correlation = self.products / scale;
        (self.count > 1 && scale > 0.0 && correlation.is_finite())
            .then(|| correlation.clamp(-1.0, 1.0))
    }

    fn of_block(first: &[f64], second: &[f64]) -> Self {
        let pairs = || {
            let pairs = first.iter().zip(second);
            pairs.filter(|(first, second)| !first.is_nan() && !second.is_nan())
        };
        let (mut count, mut sums) = (0_u64, [0.0; 2]);
        for (first, second) in pairs() {
            count += 1;
            sums[0] += first;
            sums[1] += second;
        }
        if count == 0 {
            return Self::default();
        }
        let means = sums.map(|sum| sum / count as f64);
        let mut block = Self {
            count,
            means,
            ..Self::default()
        };
        let mut rests = [0.0; 2];
        for (first, second) in pairs() {
            let deviations = [first - means[0], second - means[1]];
            for side in [0, 1] {
                rests[side] += deviations[side];
                block.squares[side] += deviations[side] * deviations[side];
            }
            block.products += deviations[0] * deviations[1];
        }
        // Without rounding the deviations would add up to zero: what they do add up to corrects
        // means, squares and products.
        let corrections = rests.map(|rest| rest / count as f64);
        for side in [0, 1] {
            block.means[side] += corrections[side];
            block.squares[side] = (block.squares[side] - rests[side] * corrections[side]).max(0.0);
            if !means[side].is_finite() {
                block.means[side] = means[side];
                block.squares[side] = f64::NAN;
            }
        }
        block.products -= rests[0] * corrections[1];
        block
    }
}
