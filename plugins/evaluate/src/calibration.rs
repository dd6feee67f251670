//! Whether probabilities mean what they say: of the rows given 30 %, are 30 % of the class?
//!
//! Bins of equal width from 0 to 1, each closed above, the first one below as well: those of
//! scikit-learn's `calibration_curve` with `strategy="uniform"`. Counts and sums are exact.

use mlhost_statistics::ExactSum;
use serde::{Deserialize, Serialize};

/// A probability may miss 0 or 1 by so much through rounding.
const TOLERANCE: f64 = 1e-9;

/// The probabilities of one class.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Calibration {
    bins: Vec<Bin>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Bin {
    pub(crate) rows: u64,
    pub(crate) of_class: u64,
    pub(crate) probabilities: ExactSum,
}

/// A probability, where a value is one.
pub(crate) fn probability(value: f64) -> Option<f64> {
    let probability = value.clamp(0.0, 1.0);
    ((value - probability).abs() <= TOLERANCE).then_some(probability)
}

/// The bin of a probability: how many of the inner edges are below it.
pub(crate) fn bin_of(probability: f64, bins: usize) -> usize {
    // The edges are those of numpy's `linspace`.
    let edge = |bin: usize| bin as f64 * (1.0 / bins as f64);
    let mut bin = ((probability * bins as f64) as usize).min(bins - 1);
    while bin > 0 && edge(bin) >= probability {
        bin -= 1;
    }
    while bin + 1 < bins && edge(bin + 1) < probability {
        bin += 1;
    }
    bin
}

/// The expected calibration error of bins, each given as rows, rows of the class and the sum of the
/// probabilities (Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using
/// Bayesian Binning", AAAI 2015): the mean over rows of how far a bin's mean probability is from its
/// share of the class.
pub(crate) fn calibration_error(bins: impl Iterator<Item = (u64, u64, f64)>) -> Option<f64> {
    let (mut rows, mut off) = (0, 0.0);
    for (count, of_class, probabilities) in bins {
        rows += count;
        off += (of_class as f64 - probabilities).abs();
    }
    (rows > 0).then(|| off / rows as f64)
}

impl Calibration {
    pub(crate) fn new(bins: u32) -> Self {
        Self {
            bins: vec![Bin::default(); bins as usize],
        }
    }

    /// Takes in a probability, and whether the row is of the class.
    pub(crate) fn add(&mut self, probability: f64, is_of_class: bool) {
        let bin = bin_of(probability, self.bins.len());
        let bin = &mut self.bins[bin];
        bin.rows += 1;
        bin.of_class += u64::from(is_of_class);
        bin.probabilities.add(probability);
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        if self.bins.is_empty() {
            self.bins.clone_from(&later.bins);
            return;
        }
        for (ours, theirs) in self.bins.iter_mut().zip(&later.bins) {
            ours.rows += theirs.rows;
            ours.of_class += theirs.of_class;
            ours.probabilities.merge(&theirs.probabilities);
        }
    }

    /// The bins that hold rows.
    pub(crate) fn bins(&self) -> impl Iterator<Item = &Bin> {
        self.bins.iter().filter(|bin| bin.rows > 0)
    }

    pub(crate) fn error(&self) -> Option<f64> {
        calibration_error(
            self.bins()
                .map(|bin| (bin.rows, bin.of_class, bin.probabilities.value())),
        )
    }
}
