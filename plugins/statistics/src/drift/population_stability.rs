//! The population stability index: how far the shares of bins have moved.
//!
//! Source: Yurdakul, "Statistical Properties of Population Stability Index",
//! Western Michigan University, 2018; it is the symmetrised Kullback–Leibler
//! divergence of the two sets of shares. By custom, below 0.1 is no change to speak
//! of, above 0.2 (or 0.25) a large one.

use super::shares::same_bins;
use crate::Result;

/// The share that stands for an empty bin, whose logarithm does not exist.
pub const PSI_FLOOR: f64 = 1e-4;

/// The sum of `(c - r) ln(c / r)` over the shares `r` of the reference and `c` of
/// the current data in the same bins, with shares below `floor` raised to it.
///
/// # Errors
/// [`crate::Error::UnequalBins`] where there are more of one than of the other.
pub fn psi(reference: &[f64], current: &[f64], floor: f64) -> Result<f64> {
    same_bins(reference, current)?;
    let terms = reference.iter().zip(current).map(|(reference, current)| {
        let (reference, current) = (reference.max(floor), current.max(floor));
        (current - reference) * (current / reference).ln()
    });
    Ok(terms.sum())
}
