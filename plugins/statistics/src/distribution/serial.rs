//! The serialised form of a distribution: sorted, so that equal knowledge gives
//! equal bytes, and checked when it is read.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::buckets::Bucket;
use super::{Counts, Distribution, EXACT_VALUES};
use crate::{Extremes, NumberKey};

#[derive(Serialize, Deserialize)]
pub(super) struct Serial {
    counts: SerialCounts,
    nulls: u64,
    nans: u64,
}

#[derive(Serialize, Deserialize)]
enum SerialCounts {
    Exact(Vec<(f64, u64)>),
    Bucketed {
        counts: Vec<(Bucket, u64)>,
        extremes: Extremes,
    },
}

/// A serialised distribution that no distribution serialises to.
#[derive(Debug, thiserror::Error)]
#[error("the serialised distribution is damaged: {0}")]
pub(super) struct Damaged(&'static str);

impl From<Distribution> for Serial {
    fn from(distribution: Distribution) -> Self {
        let counts = match &distribution.counts {
            Counts::Exact(_) => SerialCounts::Exact(distribution.iter().collect()),
            Counts::Bucketed { counts, extremes } => {
                let mut counts: Vec<_> = counts.iter().collect();
                counts.sort_unstable();
                SerialCounts::Bucketed {
                    counts,
                    extremes: *extremes,
                }
            }
        };
        Self {
            counts,
            nulls: distribution.nulls,
            nans: distribution.nans,
        }
    }
}

impl TryFrom<Serial> for Distribution {
    type Error = Damaged;

    fn try_from(serial: Serial) -> Result<Self, Damaged> {
        let (counts, total) = match serial.counts {
            SerialCounts::Exact(counts) => {
                let total = checked_total(&counts, |value| !value.is_nan())?;
                if counts.len() > EXACT_VALUES {
                    return Err(Damaged("more different values than are kept"));
                }
                let counts = counts
                    .into_iter()
                    .map(|(value, count)| (NumberKey::of(value), count));
                (Counts::Exact(counts.collect()), total)
            }
            SerialCounts::Bucketed { counts, extremes } => {
                let total = checked_total(&counts, |bucket| bucket.exists())?;
                (
                    Counts::Bucketed {
                        counts: counts.into_iter().collect(),
                        extremes,
                    },
                    total,
                )
            }
        };
        Ok(Self {
            counts,
            count: total,
            nulls: serial.nulls,
            nans: serial.nans,
            ordered: OnceLock::new(),
        })
    }
}

/// The sum of the counts of keys that exist, ascend and do occur.
fn checked_total<K: Copy + PartialOrd>(
    counts: &[(K, u64)],
    exists: impl Fn(K) -> bool,
) -> Result<u64, Damaged> {
    if !counts.is_sorted_by(|(key, _), (next, _)| key < next) {
        return Err(Damaged("its values are not in ascending order"));
    }
    if !counts.iter().all(|(key, count)| exists(*key) && *count > 0) {
        return Err(Damaged("it counts what cannot occur"));
    }
    let total = counts
        .iter()
        .try_fold(0_u64, |total, (_, count)| total.checked_add(*count));
    total.ok_or(Damaged("its counts are too large"))
}
