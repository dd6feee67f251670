//! Bins of numbers: the edges between them, for [`Distribution::histogram`], and their shares.

use crate::Distribution;

/// Each count as a share of all; zeros where there is nothing to share.
pub fn shares(counts: &[u64]) -> Vec<f64> {
    let total = counts.iter().sum::<u64>().max(1) as f64;
    counts.iter().map(|count| *count as f64 / total).collect()
}

/// The edges between `bins` bins that hold about as many values of the reference
/// each: its inner quantiles, equal ones once, and next to an infinite value the value itself, for
/// there is nothing between it and the other one. Below an edge at the smallest value there would be
/// nothing, so that the next larger value takes its place: of a column that is zero nearly always,
/// what is not has a bin.
pub fn quantile_edges(reference: &Distribution, bins: usize) -> Vec<f64> {
    let quantiles = (1..bins).map(|bin| bin as f64 / bins as f64);
    let mut edges: Vec<f64> = quantiles
        .filter_map(|q| reference.quantile_or_lower(q))
        .collect();
    let mut values = reference.iter().map(|(value, _)| value);
    if let (Some(smallest), Some(next)) = (values.next(), values.next()) {
        for edge in edges.iter_mut().filter(|edge| **edge <= smallest) {
            *edge = next;
        }
    }
    edges.dedup();
    edges
}

/// The edges between `bins` bins of equal width, from the smallest to the largest finite value of
/// the reference; the first and the last bin also hold what lies beyond. None where all finite
/// values are equal.
pub fn equal_width_edges(reference: &Distribution, bins: usize) -> Vec<f64> {
    let finite = || {
        reference
            .iter()
            .map(|(value, _)| value)
            .filter(|value| value.is_finite())
    };
    let Some((low, high)) = finite().next().zip(finite().last()) else {
        return vec![];
    };
    let width = high / bins as f64 - low / bins as f64;
    let mut edges: Vec<f64> = (1..bins).map(|bin| low + width * bin as f64).collect();
    edges.dedup();
    edges.retain(|edge| low < *edge && *edge <= high);
    edges
}
