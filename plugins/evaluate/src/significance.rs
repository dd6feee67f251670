//! How probable it is to see as much or more by chance: tails of distributions, for two sides.

use special::{Beta, Error};

/// Up to so many differences without ties, probabilities of signed ranks are exact.
const MOST_EXACT_RANKS: usize = 50;

/// Of `first + second` tosses of a fair coin: that the rarer side comes up so rarely.
pub(crate) fn binomial(first: u64, second: u64) -> f64 {
    let (rarer, tosses) = (first.min(second) as f64, (first + second) as f64);
    if first == second {
        return 1.0;
    }
    // The lower tail is a regularised incomplete beta function (Abramowitz and Stegun, 26.5.24).
    let (p, q) = (tosses - rarer, rarer + 1.0);
    (2.0 * 0.5_f64.inc_beta(p, q, p.ln_beta(q))).min(1.0)
}

/// That Student's t is so far from zero, by an incomplete beta function (Abramowitz and Stegun,
/// 26.7.1).
pub(crate) fn student(t: f64, degrees: f64) -> f64 {
    let (p, q) = (degrees / 2.0, 0.5_f64);
    (degrees / (degrees + t * t)).inc_beta(p, q, p.ln_beta(q))
}

/// Sums of the ranks of differences without their signs.
pub(crate) struct SignedRanks {
    /// Of the differences above zero.
    pub(crate) positive: f64,
    /// Of those below.
    pub(crate) negative: f64,
    count: usize,
    /// Whether differences of one size, or of zero, were among them.
    has_ties: bool,
    /// The sum over ties of `t³ - t`, with `t` the number of equal ones.
    ties: f64,
}

/// The ranks of what is not zero, equal sizes sharing the mean of their ranks; `None` if there is
/// nothing else.
pub(crate) fn signed_ranks(mut differences: Vec<f64>) -> Option<SignedRanks> {
    let all = differences.len();
    differences.retain(|difference| *difference != 0.0);
    let count = differences.len();
    if count == 0 {
        return None;
    }
    differences.sort_unstable_by(|left, right| left.abs().total_cmp(&right.abs()));
    let mut ranks = SignedRanks {
        positive: 0.0,
        negative: 0.0,
        count,
        has_ties: count < all,
        ties: 0.0,
    };
    let mut passed = 0;
    for tied in differences.chunk_by(|left, right| left.abs() == right.abs()) {
        let size = tied.len() as f64;
        // Multiples of a half, so that their sums are exact.
        let rank = passed as f64 + (size + 1.0) / 2.0;
        let above = tied.iter().filter(|difference| **difference > 0.0).count() as f64;
        ranks.positive += rank * above;
        ranks.negative += rank * (size - above);
        ranks.has_ties |= tied.len() > 1;
        ranks.ties += size * size * size - size;
        passed += tied.len();
    }
    Some(ranks)
}

impl SignedRanks {
    /// That the smaller sum is so small: exact for few ranks without ties, and else by the normal
    /// approximation with a correction for ties and none for continuity, as scipy's `wilcoxon` has
    /// it.
    pub(crate) fn probability(&self) -> f64 {
        let smaller = self.positive.min(self.negative);
        if self.count <= MOST_EXACT_RANKS && !self.has_ties {
            return self.exact(smaller as usize);
        }
        let count = self.count as f64;
        let mean = count * (count + 1.0) / 4.0;
        let variance = count * (count + 1.0) * (2.0 * count + 1.0) / 24.0 - self.ties / 48.0;
        let z = (smaller - mean) / variance.sqrt();
        (z.abs() / std::f64::consts::SQRT_2).compl_error()
    }

    /// Twice the share of the ways to sign the ranks in which those of one sign add up to no more.
    fn exact(&self, smaller: usize) -> f64 {
        // How many ways there are to each sum: each rank is in it or not.
        let mut ways = vec![0.0; smaller + 1];
        ways[0] = 1.0;
        for rank in 1..=self.count {
            for sum in (rank..=smaller).rev() {
                ways[sum] += ways[sum - rank];
            }
        }
        let all = 2.0_f64.powi(self.count as i32);
        (2.0 * ways.iter().sum::<f64>() / all).min(1.0)
    }
}
