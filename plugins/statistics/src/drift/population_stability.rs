//! The population stability index: how far the shares of bins have moved.
//!
//! Source: Yurdakul, "Statistical Properties of Population Stability Index",
//! Western Michigan University, 2018; it is the symmetrised Kullback–Leibler
//! divergence of the two sets of shares. By custom, below 0.1 is no change to speak
//! of, above 0.2 (or 0.25) a large one.

use crate::{Distribution, Error, Result};

/// The share that stands for an empty bin, whose logarithm does not exist.
pub const PSI_FLOOR: f64 = 1e-4;

/// The sum of `(c - r) ln(c / r)` over the shares `r` of the reference and `c` of
/// the current data in the same bins, with shares below `floor` raised to it.
///
/// # Errors
/// [`Error::UnequalBins`] where there are more of one than of the other.
pub fn psi(reference: &[f64], current: &[f64], floor: f64) -> Result<f64> {
    if reference.len() != current.len() {
        return Err(Error::UnequalBins {
            reference: reference.len(),
            current: current.len(),
        });
    }
    let terms = reference.iter().zip(current).map(|(reference, current)| {
        let (reference, current) = (reference.max(floor), current.max(floor));
        (current - reference) * (current / reference).ln()
    });
    Ok(terms.sum())
}

/// Each count as a share of all; zeros where there is nothing to share.
pub fn shares(counts: &[u64]) -> Vec<f64> {
    let total = counts.iter().sum::<u64>().max(1) as f64;
    counts.iter().map(|count| *count as f64 / total).collect()
}

/// The edges between `bins` bins that hold about as many values of the reference
/// each, for [`Distribution::histogram`]: its inner quantiles, equal ones once.
pub fn quantile_edges(reference: &Distribution, bins: usize) -> Vec<f64> {
    let quantiles = (1..bins).map(|bin| bin as f64 / bins as f64);
    let mut edges: Vec<f64> = quantiles.filter_map(|q| reference.quantile(q)).collect();
    edges.dedup();
    edges
}
