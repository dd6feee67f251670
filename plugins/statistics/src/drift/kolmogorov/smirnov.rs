//! The one-sided statistic, exactly: Smirnov's sum, as Birnbaum and Tingey have it
//! ("One-Sided Confidence Contours for Probability Distribution Functions", Annals
//! of Mathematical Statistics 22 (4), 1951).
//!
//! `P(D+ >= d) = d Σ C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j)` for `j` from 0 to
//! `n (1 - d)`. Every term is positive, and each is evaluated as a binomial
//! probability by its saddle point (Loader, "Fast and Accurate Computation of
//! Binomial Probabilities", 2000), so that large factorials neither overflow nor
//! cancel.

use std::f64::consts::TAU;

/// Of as many terms or fewer each is evaluated.
const FEWEST_TERMS: u64 = 128;

/// A sum is known when twice as many terms change it by no more, relatively.
const PRECISION: f64 = 1e-13;

/// The probability that the one-sided statistic of `n` values is `d` or more, for
/// `d` between 0 and 1.
pub(super) fn survival(n: u64, d: f64) -> f64 {
    let values = n as f64;
    let error_of_n = stirling_error(values);
    let term = |j: u64| {
        let j = j as f64;
        let others = values - j;
        let probability = d + j / values;
        let deviance = j * (j / values / probability).ln()
            + others * (others / values / (1.0 - probability)).ln();
        let correction = error_of_n - stirling_error(j) - stirling_error(others);
        let scale = (values / (TAU * j * others)).sqrt();
        scale * (correction - deviance).exp() / probability
    };
    let first = (values * (-d).ln_1p()).exp();
    let is_term = |j: &u64| *j < n && d + *j as f64 / values < 1.0;
    // Rounded, the number of terms may be off by one.
    let most = (values * (1.0 - d)) as u64 + 1;
    let last = (0..=most).rev().find(is_term).unwrap_or(0);
    first + d * sum(last, term)
}

/// The sum of a function over 1, 2, … up to a last number.
///
/// Many terms of a function that goes smoothly up from nothing and down to nothing are known from a
/// few of them: every second term, counted twice, makes the same sum, and so on. This is the
/// trapezoidal rule, which converges geometrically there (Trefethen and Weideman, "The Exponentially
/// Convergent Trapezoidal Rule", SIAM Review 56 (3), 2014). Where it does not, every term is
/// evaluated in the end.
fn sum(last: u64, term: impl Fn(u64) -> f64) -> f64 {
    let of_every = |first: u64, stride: u64| -> f64 {
        let numbers = (first..=last).step_by(stride as usize);
        numbers.map(&term).sum()
    };
    let mut stride = 1 << (last / FEWEST_TERMS).max(1).ilog2();
    let mut sum = of_every(stride, stride);
    while stride > 1 {
        let before = stride as f64 * sum;
        sum += of_every(stride / 2, stride);
        stride /= 2;
        let after = stride as f64 * sum;
        if (after - before).abs() <= PRECISION * after {
            break;
        }
    }
    stride as f64 * sum
}

/// How far `ln(n!)` is from Stirling's formula `(n + 1/2) ln n - n + ln(2π) / 2`.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        let factorial: f64 = (1..=n as u32).map(f64::from).product();
        return factorial.ln() - (n + 0.5) * n.ln() + n - 0.5 * TAU.ln();
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square)
            / square)
        / n
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found, and the sum of every term.
    fn both(n: u64, d: f64) -> (f64, f64) {
        let values = n as f64;
        let all: f64 = (1..n)
            .filter(|j| d + *j as f64 / values < 1.0)
            .map(|j| {
                // The same terms, for numbers that are small enough for logarithms of factorials.
                let probability = d + j as f64 / values;
                let ln_factorial =
                    |n: f64| (n + 0.5) * n.ln() - n + 0.5 * TAU.ln() + stirling_error(n);
                let (j, others) = (j as f64, values - j as f64);
                let choose = ln_factorial(values) - ln_factorial(j) - ln_factorial(others);
                let ln = choose + (j - 1.0) * probability.ln() + others * (1.0 - probability).ln();
                ln.exp()
            })
            .sum();
        let first = (values * (-d).ln_1p()).exp();
        (survival(n, d), first + d * all)
    }

    #[test]
    fn few_terms_make_the_sum_of_all() {
        for n in [1, 2, 3, 50, 141, 1000, 1023, 4096, 23_817, 200_000] {
            for scaled in [0.3_f64, 1.0, 2.2, 3.7, 9.0, 40.0, 123.0, 300.0] {
                let d = (scaled / n as f64).sqrt();
                if d >= 1.0 {
                    continue;
                }
                let (found, expected) = both(n, d);
                let error = (found - expected).abs() / expected;
                assert!(
                    error < 1e-9,
                    "n {n}, n d² {scaled}: {found} and not {expected}"
                );
            }
        }
    }
}
