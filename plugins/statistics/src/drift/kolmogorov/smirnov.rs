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

/// The probability that the one-sided statistic of `n` values is `d` or more, for
/// `d` between 0 and 1.
pub(super) fn survival(n: u64, d: f64) -> f64 {
    let values = n as f64;
    let error_of_n = stirling_error(values);
    let first = (values * (-d).ln_1p()).exp();
    let rest = (1..n)
        .map(|j| j as f64)
        .take_while(|j| d + j / values < 1.0)
        .map(|j| {
            let others = values - j;
            let probability = d + j / values;
            let deviance = j * (j / values / probability).ln()
                + others * (others / values / (1.0 - probability)).ln();
            let correction = error_of_n - stirling_error(j) - stirling_error(others);
            let scale = (values / (TAU * j * others)).sqrt();
            scale * (correction - deviance).exp() / probability
        });
    first + d * rest.sum::<f64>()
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
