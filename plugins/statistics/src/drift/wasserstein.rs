//! The Wasserstein distance: how far values have to be moved, on average, to make of one
//! distribution the other.
//!
//! In one dimension it is the area between the two distribution functions (Vallender, "Calculation
//! of the Wasserstein distance between probability distributions on the line", Theory of
//! Probability and its Applications 18 (4), 1974).

use crate::{Distribution, RELATIVE_ERROR};

/// Below this, the standard deviation that the distance is divided by counts as this.
pub const SMALLEST_NORM: f64 = 0.001;

/// What the comparison found. Infinite values, which cannot be moved to finite ones, are left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wasserstein {
    /// The distance, in the unit of the values.
    pub distance: f64,
    /// The distance divided by `norm`.
    pub normed: f64,
    /// The population standard deviation of the reference, or [`SMALLEST_NORM`] if that is more.
    pub norm: f64,
    /// By how much the distance may be off, in the unit of the values: 0 where both distributions
    /// are exact.
    pub error: f64,
}

/// The first Wasserstein distance of two samples: scipy's `wasserstein_distance(reference,
/// current)`, and, normed, Evidently's "Wasserstein distance (normed)". `None` where one has no
/// finite value.
///
/// Where a distribution is in buckets, each value is off by up to [`crate::RELATIVE_ERROR`] of
/// itself, and the distance by as much of the sum of the mean absolute values of both.
pub fn wasserstein(reference: &Distribution, current: &Distribution) -> Option<Wasserstein> {
    let (reference, current) = reference.comparable(current);
    let finite = |distribution: &Distribution| -> Vec<(f64, u64)> {
        let values = distribution.iter();
        values.filter(|(value, _)| value.is_finite()).collect()
    };
    let is_exact = reference.is_exact();
    let (reference, current) = (finite(&reference), finite(&current));
    let distance = area_between(&reference, &current)?;
    let norm = standard_deviation(&reference).max(SMALLEST_NORM);
    Some(Wasserstein {
        distance,
        normed: distance / norm,
        norm,
        error: match is_exact {
            true => 0.0,
            // The middle of a bucket stands for values that are larger by so much at the most.
            false => {
                RELATIVE_ERROR / (1.0 - RELATIVE_ERROR)
                    * (mean_magnitude(&reference) + mean_magnitude(&current))
            }
        },
    })
}

fn mean_magnitude(values: &[(f64, u64)]) -> f64 {
    let count = values.iter().map(|(_, count)| count).sum::<u64>().max(1) as f64;
    let magnitudes = values
        .iter()
        .map(|(value, times)| value.abs() * *times as f64);
    magnitudes.sum::<f64>() / count
}

/// From different values in ascending order with their counts.
fn area_between(reference: &[(f64, u64)], current: &[(f64, u64)]) -> Option<f64> {
    let total = |values: &[(f64, u64)]| values.iter().map(|(_, count)| count).sum::<u64>() as f64;
    let (m, n) = (total(reference), total(current));
    if m == 0.0 || n == 0.0 {
        return None;
    }
    let (mut left, mut right) = (reference.iter().peekable(), current.iter().peekable());
    let (mut left_up_to, mut right_up_to) = (0, 0);
    let mut area = 0.0;
    let mut before: Option<f64> = None;
    loop {
        let value = match (left.peek(), right.peek()) {
            (Some((left, _)), Some((right, _))) => left.min(*right),
            (Some((value, _)), None) | (None, Some((value, _))) => *value,
            (None, None) => return Some(area),
        };
        if let Some(before) = before {
            let apart = (left_up_to as f64 / m - right_up_to as f64 / n).abs();
            area += apart * (value - before);
        }
        if let Some((_, count)) = left.next_if(|(left, _)| *left == value) {
            left_up_to += count;
        }
        if let Some((_, count)) = right.next_if(|(right, _)| *right == value) {
            right_up_to += count;
        }
        before = Some(value);
    }
}

/// Of the population: numpy's `std`.
fn standard_deviation(values: &[(f64, u64)]) -> f64 {
    let count = values.iter().map(|(_, count)| count).sum::<u64>() as f64;
    let mean_of = |term: &dyn Fn(f64) -> f64| {
        let terms = values
            .iter()
            .map(|(value, times)| term(*value) * *times as f64);
        terms.sum::<f64>() / count
    };
    let mean = mean_of(&|value| value);
    mean_of(&|value| (value - mean).powi(2)).sqrt()
}
