//! Values in ascending order with their cumulative counts: what every question to a
//! distribution is answered from.

use crate::Extremes;

/// Each different value, and how many values there are up to and including it.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    values: Vec<f64>,
    cumulative: Vec<u64>,
}

impl Ordered {
    /// From different values, none of them NaN, in any order.
    pub(super) fn new(counts: impl Iterator<Item = (f64, u64)>) -> Self {
        let mut counts: Vec<_> = counts.collect();
        counts.sort_unstable_by(|(value, _), (other, _)| value.total_cmp(other));
        let mut total = 0;
        let (values, cumulative) = counts
            .into_iter()
            .map(|(value, count)| {
                total += count;
                (value, total)
            })
            .unzip();
        Self { values, cumulative }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (f64, u64)> + '_ {
        let mut previous = 0;
        self.values
            .iter()
            .zip(&self.cumulative)
            .map(move |(value, up_to)| (*value, up_to - std::mem::replace(&mut previous, *up_to)))
    }

    pub(super) fn extremes(&self) -> Extremes {
        let mut extremes = Extremes::default();
        if let (Some(&first), Some(&last)) = (self.values.first(), self.values.last()) {
            extremes.update(&[first, last]);
        }
        extremes
    }

    pub(super) fn cumulative(&self, bound: f64, inclusive: bool) -> u64 {
        let values = self.values.partition_point(|value| {
            if inclusive {
                *value <= bound
            } else {
                *value < bound
            }
        });
        values
            .checked_sub(1)
            .map_or(0, |last| self.cumulative[last])
    }

    /// numpy's `quantile` with its default method, "linear": Hyndman and Fan's
    /// definition 7 (The American Statistician 50 (4), 1996).
    ///
    /// The first and the last value are the extremes, even where a middle stands for
    /// the values of a bucket, and none lies beyond them.
    pub(super) fn quantile(&self, q: f64, extremes: Extremes) -> Option<f64> {
        let (low, high, share) = self.neighbours(q, extremes)?;
        Some(interpolate(low, high, share))
    }

    /// As [`Self::quantile`], but the lower neighbour, where the line between the two has no finite
    /// value there: numpy's method "lower".
    pub(super) fn quantile_or_lower(&self, q: f64, extremes: Extremes) -> Option<f64> {
        let (low, high, share) = self.neighbours(q, extremes)?;
        let between = interpolate(low, high, share);
        Some(if between.is_finite() { between } else { low })
    }

    /// The values that a quantile lies between, and how far it is from the first to the second.
    fn neighbours(&self, q: f64, extremes: Extremes) -> Option<(f64, f64, f64)> {
        let (lowest, highest) = (extremes.minimum()?, extremes.maximum()?);
        let count = *self.cumulative.last()?;
        if !(0.0..=1.0).contains(&q) {
            return None;
        }
        let place = q * (count - 1) as f64;
        let rank = place.floor();
        let last = count - 1;
        let value_at = |rank: u64| match rank {
            0 => lowest,
            rank if rank >= last => highest,
            rank => {
                let place = self.cumulative.partition_point(|up_to| *up_to <= rank);
                self.values[place].clamp(lowest, highest)
            }
        };
        let below = rank as u64;
        Some((value_at(below), value_at(below + 1), place - rank))
    }
}

/// From the nearer end, as numpy does it, so that results agree to the last bit.
fn interpolate(low: f64, high: f64, share: f64) -> f64 {
    let difference = high - low;
    if low == high {
        low
    } else if share < 0.5 {
        low + difference * share
    } else {
        high - difference * (1.0 - share)
    }
}
