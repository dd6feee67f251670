//! How often each number of a column occurs: exact as long as there are not too
//! many different ones, in buckets after that, and either way the same for every
//! split of the rows, every order and every tree of merges.
//!
//! The buckets follow DDSketch (Masson, Rim, Lee: "DDSketch: A Fast and
//! Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", PVLDB 12 (12),
//! 2019) with one difference: buckets are never collapsed into each other, and the
//! one switch from exact to bucketed depends on nothing but the number of distinct
//! values, so that the result is a function of the multiset alone.
//!
//! That is why it is not one of the crates that there are, such as `sketches-ddsketch`: they collapse
//! buckets by what came first, take logarithms that differ from one processor to another, and write
//! equal knowledge in unequal bytes, where a state here is named by its digest. The tests compare
//! with that crate.

mod buckets;
mod ordered;
mod serial;

use std::borrow::Cow;
use std::sync::OnceLock;

use arrow_array::Array;
use serde::{Deserialize, Serialize};

use buckets::Bucket;
pub use buckets::RELATIVE_ERROR;
use ordered::Ordered;
use serial::Serial;

use crate::column::{BLOCK_ROWS, for_each_present};
use crate::counter::Counter;
use crate::{Extremes, NumberKey, RecentKey, Result};

/// Up to so many different values are kept as they are.
pub const EXACT_VALUES: usize = 65_536;

/// How often each number occurs.
///
/// Up to [`EXACT_VALUES`] different values are counted exactly. Beyond that, a
/// value is known only by its bucket: results hold values that are off by at most
/// [`RELATIVE_ERROR`] (below 2.2e-308 by as much as that times 2.2e-308), and
/// zero, the infinities, the minimum and the maximum stay exact. -0.0 is 0.0.
/// Nulls and NaN are counted and otherwise left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Serial", into = "Serial")]
pub struct Distribution {
    counts: Counts,
    count: u64,
    nulls: u64,
    nans: u64,
    /// Made when first asked for, forgotten when values are taken in.
    ordered: OnceLock<Ordered>,
}

#[derive(Clone, Debug, PartialEq)]
enum Counts {
    Exact(Counter<NumberKey>),
    Bucketed {
        counts: Counter<Bucket>,
        extremes: Extremes,
    },
}

impl Distribution {
    /// Takes in more values.
    pub fn update(&mut self, values: &[f64]) {
        self.ordered.take();
        for block in values.chunks(BLOCK_ROWS) {
            self.update_block(block);
        }
    }

    /// Takes in a column of numbers.
    ///
    /// # Errors
    /// [`crate::Error::NotNumeric`] where it holds no numbers.
    pub fn update_array(&mut self, array: &dyn Array) -> Result<()> {
        self.nulls += for_each_present(array, |values| self.update(values))?;
        Ok(())
    }

    /// Counts rows without a value.
    pub fn add_nulls(&mut self, nulls: u64) {
        self.nulls += nulls;
    }

    /// Takes in what another one has counted.
    pub fn merge(&mut self, later: &Self) {
        self.ordered.take();
        self.count += later.count;
        self.nulls += later.nulls;
        self.nans += later.nans;
        if !later.is_exact() {
            self.counts.switch_to_buckets();
        }
        self.counts.merge(&later.counts);
        self.counts.keep_bounds();
    }

    /// The number of values, without nulls and NaN.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The number of rows without a value.
    pub fn nulls(&self) -> u64 {
        self.nulls
    }

    /// The number of values that are NaN.
    pub fn nans(&self) -> u64 {
        self.nans
    }

    /// Whether every value is known as it is.
    pub fn is_exact(&self) -> bool {
        matches!(self.counts, Counts::Exact(_))
    }

    /// The number of different values, where it is known: up to [`EXACT_VALUES`].
    pub fn distinct(&self) -> Option<usize> {
        match &self.counts {
            Counts::Exact(counts) => Some(counts.len()),
            Counts::Bucketed { .. } => None,
        }
    }

    /// The smallest and the largest value.
    pub fn extremes(&self) -> Extremes {
        match &self.counts {
            Counts::Exact(_) => self.ordered().extremes(),
            Counts::Bucketed { extremes, .. } => *extremes,
        }
    }

    /// The value that a share `q` of the values, from 0 to 1, does not exceed, with
    /// linear interpolation between neighbours as numpy's `quantile` has it.
    /// NaN as numpy's beside an infinite neighbour. `None` before there is a value, or
    /// where `q` is out of range.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        self.ordered().quantile(q, self.extremes())
    }

    /// The same, but the lower neighbour where the value between the two is not finite,
    /// because one of them is infinite or they are too far apart: never NaN, and never
    /// less for a larger `q`.
    pub fn quantile_or_lower(&self, q: f64) -> Option<f64> {
        self.ordered().quantile_or_lower(q, self.extremes())
    }

    /// How many values are below `bound`, or equal to it where `inclusive`.
    pub fn cumulative(&self, bound: f64, inclusive: bool) -> u64 {
        self.ordered().cumulative(bound, inclusive)
    }

    /// How many values fall into each of the intervals between ascending edges: the
    /// first holds what is below the first edge, the last what is not below the
    /// last one, so that there is one interval more than there are edges. An edge that
    /// is not above the one before it, NaN among them, has an interval of nothing.
    pub fn histogram(&self, edges: &[f64]) -> Vec<u64> {
        let below = edges.iter().map(|edge| self.cumulative(*edge, false));
        let mut previous = 0;
        below
            .chain([self.count])
            .map(|up_to| {
                let up_to = up_to.max(previous);
                up_to - std::mem::replace(&mut previous, up_to)
            })
            .collect()
    }

    /// The different values in ascending order, each with its count. Where the
    /// distribution is not exact, the middle of each bucket stands for its values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (f64, u64)> + '_ {
        self.ordered().iter()
    }

    /// The value that occurs most often, with its count; of several that do, the
    /// smallest. `None` before there is one.
    pub fn mode(&self) -> Option<(f64, u64)> {
        self.iter().max_by(|(value, count), (other, others)| {
            count.cmp(others).then(other.total_cmp(value))
        })
    }

    /// This distribution and another one, both exact or both in buckets, so that
    /// equal values of the two are found equal.
    pub fn comparable<'a>(&'a self, other: &'a Self) -> (Cow<'a, Self>, Cow<'a, Self>) {
        match (self.is_exact(), other.is_exact()) {
            (true, false) => (Cow::Owned(self.bucketed()), Cow::Borrowed(other)),
            (false, true) => (Cow::Borrowed(self), Cow::Owned(other.bucketed())),
            _ => (Cow::Borrowed(self), Cow::Borrowed(other)),
        }
    }

    fn bucketed(&self) -> Self {
        let mut bucketed = Self {
            ordered: OnceLock::new(),
            ..self.clone()
        };
        bucketed.counts.switch_to_buckets();
        bucketed
    }

    fn ordered(&self) -> &Ordered {
        self.ordered.get_or_init(|| match &self.counts {
            Counts::Exact(counts) => {
                Ordered::new(counts.iter().map(|(key, count)| (key.value(), count)))
            }
            Counts::Bucketed { counts, .. } => Ordered::new(
                counts
                    .iter()
                    .map(|(bucket, count)| (bucket.middle(), count)),
            ),
        })
    }

    fn update_block(&mut self, values: &[f64]) {
        let nans = match &mut self.counts {
            // NaN is never counted, and so not found either.
            Counts::Exact(counts) => count_all(counts, values, NumberKey::of, |_| true),
            Counts::Bucketed { counts, extremes } => {
                extremes.update(values);
                count_all(counts, values, Bucket::of, |value| !value.is_nan())
            }
        };
        self.nans += nans;
        self.count += values.len() as u64 - nans;
        self.counts.keep_bounds();
    }
}

/// Counts a block of values but NaN, which has no key that is counted, or of which `counts` says no;
/// returns how many of them are.
fn count_all<K: RecentKey>(
    counter: &mut Counter<K>,
    values: &[f64],
    key: impl Fn(f64) -> K,
    counts: impl Fn(f64) -> bool,
) -> u64 {
    let mut others = [0.0; BLOCK_ROWS];
    let number_of_others = counter.count_at_first_place(values, &key, counts, &mut others);
    let mut nans = 0;
    for value in &others[..number_of_others] {
        match value.is_nan() {
            true => nans += 1,
            false => counter.count(key(*value)),
        }
    }
    nans
}

impl Default for Counts {
    fn default() -> Self {
        Self::Exact(Counter::default())
    }
}

impl Counts {
    /// Goes over to buckets where there are more different values than are kept.
    fn keep_bounds(&mut self) {
        if matches!(self, Self::Exact(counts) if counts.len() > EXACT_VALUES) {
            self.switch_to_buckets();
        }
    }

    fn switch_to_buckets(&mut self) {
        if let Self::Exact(exact) = self {
            let exact = std::mem::take(exact);
            *self = Self::Bucketed {
                counts: Counter::default(),
                extremes: Extremes::default(),
            };
            self.merge(&Self::Exact(exact));
        }
    }

    /// Adds up counts. Exact ones cannot take in those of buckets, and do not.
    fn merge(&mut self, later: &Self) {
        match (self, later) {
            (Self::Exact(ours), Self::Exact(theirs)) => ours.merge(theirs),
            (Self::Bucketed { counts, extremes }, Self::Exact(theirs)) => {
                for (key, count) in theirs.iter() {
                    let value = key.value();
                    extremes.update(&[value]);
                    counts.add(Bucket::of(value), count);
                }
            }
            (
                Self::Bucketed { counts, extremes },
                Self::Bucketed {
                    counts: theirs,
                    extremes: their_extremes,
                },
            ) => {
                counts.merge(theirs);
                extremes.merge(their_extremes);
            }
            (Self::Exact(_), Self::Bucketed { .. }) => {}
        }
    }
}

impl PartialEq for Distribution {
    fn eq(&self, other: &Self) -> bool {
        (self.count, self.nulls, self.nans) == (other.count, other.nulls, other.nans)
            && self.counts == other.counts
    }
}

impl Extend<f64> for Distribution {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        let mut values = values.into_iter();
        loop {
            let block: Vec<f64> = values.by_ref().take(BLOCK_ROWS).collect();
            if block.is_empty() {
                break;
            }
            self.update(&block);
        }
    }
}
