//! Distances between two sets of shares of the same bins or categories.
//!
//! Sources: Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on
//! Information Theory 37 (1), 1991, and for its root as a metric Endres and Schindelin, IEEE
//! Transactions on Information Theory 49 (7), 2003; Hellinger, "Neue Begründung der Theorie
//! quadratischer Formen von unendlichvielen Veränderlichen", Journal für die reine und angewandte
//! Mathematik 136, 1909, with the factor that makes 1 its largest value.

use crate::{Error, Result};

/// The Jensen–Shannon distance: the root of half the divergences of both from their mean, with the
/// logarithm to this base. From 0 to the root of `log(2)`: 0.8326 for the base e, 1 for 2.
///
/// scipy's `scipy.spatial.distance.jensenshannon(reference, current, base)`.
///
/// # Errors
/// [`Error::UnequalBins`] where there are more shares of one than of the other.
pub fn jensen_shannon(reference: &[f64], current: &[f64], base: f64) -> Result<f64> {
    let divergence = sum(reference, current, |r, c| {
        let mean = 0.5 * (r + c);
        relative_entropy(r, mean) + relative_entropy(c, mean)
    })?;
    Ok((0.5 * divergence / base.ln()).max(0.0).sqrt())
}

/// The Hellinger distance: the root of half the sum of `(sqrt(r) - sqrt(c))^2`, from 0 to 1.
///
/// Equal to `sqrt(1 - sum of sqrt(r c))`, the form in which others compute it, but for the digits
/// that a difference of nearly equal numbers loses.
///
/// # Errors
/// As [`jensen_shannon`].
pub fn hellinger(reference: &[f64], current: &[f64]) -> Result<f64> {
    let squares = sum(reference, current, |r, c| (r.sqrt() - c.sqrt()).powi(2))?;
    Ok((0.5 * squares).sqrt())
}

/// The largest difference of two shares of the same bin, from 0 to 1.
///
/// # Errors
/// As [`jensen_shannon`].
pub fn l_infinity(reference: &[f64], current: &[f64]) -> Result<f64> {
    same_bins(reference, current)?;
    let pairs = reference.iter().zip(current);
    Ok(pairs.fold(0.0, |largest, (r, c)| (r - c).abs().max(largest)))
}

/// `p log(p / q)`, and 0 for a share of 0.
fn relative_entropy(p: f64, q: f64) -> f64 {
    if p > 0.0 { p * (p / q).ln() } else { 0.0 }
}

fn sum(reference: &[f64], current: &[f64], term: impl Fn(f64, f64) -> f64) -> Result<f64> {
    same_bins(reference, current)?;
    Ok(reference
        .iter()
        .zip(current)
        .map(|(r, c)| term(*r, *c))
        .sum())
}

pub(super) fn same_bins<T>(reference: &[T], current: &[T]) -> Result<()> {
    if reference.len() == current.len() {
        return Ok(());
    }
    Err(Error::UnequalBins {
        reference: reference.len(),
        current: current.len(),
    })
}
