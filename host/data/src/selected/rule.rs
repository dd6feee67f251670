//! One rule of a selection: a condition on rows that may need to know all rows first.

use std::sync::{Arc, Mutex, PoisonError};

use mlhost_pipeline::{Side, Split};

use super::Predicate;
use super::chance::{Purpose, Share};
use super::condition::Condition;
use super::cut::{Cuts, FoundCuts, FoundTimes};
use super::filter::Filter;
use super::smallest::{Place, Smallest};
use crate::Result;
use crate::table::Table;

#[derive(Debug, Clone)]
pub(super) enum Rule {
    /// Comparisons.
    Where(Arc<Predicate>),
    /// A share of the rows.
    Fraction { seed: u64, fraction: f64 },
    /// A number of rows.
    Rows(Arc<FoundRows>),
    /// A side of a random split, or of a fold.
    Random {
        seed: u64,
        purpose: Purpose,
        share: Share,
    },
    /// The same by values.
    Hash {
        seed: u64,
        columns: Vec<String>,
        share: Share,
    },
    /// A side of a split at a time.
    At {
        column: String,
        cuts: Cuts,
        side: Side,
    },
    /// A side of a split by shares of time.
    Time {
        column: String,
        cuts: Arc<FoundCuts>,
        side: Side,
    },
    /// A side of a fold by time.
    Fold {
        column: String,
        times: Arc<FoundTimes>,
        fold: usize,
        is_test: bool,
    },
}

/// How a split divides, with what its sides share.
#[derive(Debug, Clone)]
pub(super) enum Divider {
    Random(u64),
    Hash(u64, Vec<String>),
    At(String, Cuts),
    Time(String, Arc<FoundCuts>),
}

impl Divider {
    /// The rule for a row to be on a side.
    pub(super) fn rule(&self, split: &Split, side: Side) -> Rule {
        let share = share(split, side);
        match self.clone() {
            Self::Random(seed) => Rule::Random {
                seed,
                purpose: Purpose::Split,
                share,
            },
            Self::Hash(seed, columns) => Rule::Hash {
                seed,
                columns,
                share,
            },
            Self::At(column, cuts) => Rule::At { column, cuts, side },
            Self::Time(column, cuts) => Rule::Time { column, cuts, side },
        }
    }
}

/// The chances of a side: those of testing come first, so that they stay when a validation is
/// added or left out.
fn share(split: &Split, side: Side) -> Share {
    let test = match split {
        Split::Random { test, .. } | Split::Hash { test, .. } => *test,
        Split::Time { .. } => 0.0,
    };
    let validation = test + split.validation().unwrap_or(0.0);
    Share::of(match side {
        Side::Test => 0.0..test,
        Side::Validation => test..validation,
        Side::Train => validation..1.0,
    })
}

impl Rule {
    /// The condition for the rows of a table that a filter keeps: always the same table and
    /// filter, so that what takes a look at all of them is found once. `None` for no condition.
    pub(super) fn condition(
        &self,
        table: &Arc<dyn Table>,
        filter: &Filter,
    ) -> Result<Option<Condition>> {
        Ok(Some(match self {
            Self::Where(predicate) => Condition::Where(predicate.clone()),
            Self::Fraction { seed, fraction } => Condition::Position {
                seed: *seed,
                purpose: Purpose::Sample,
                share: Share::of(0.0..*fraction),
            },
            Self::Rows(rows) => {
                let last = rows.last(table, filter)?;
                return Ok(last.map(|last| Condition::UpTo {
                    seed: rows.seed,
                    last,
                }));
            }
            Self::Random {
                seed,
                purpose,
                share,
            } => Condition::Position {
                seed: *seed,
                purpose: *purpose,
                share: share.clone(),
            },
            Self::Hash {
                seed,
                columns,
                share,
            } => Condition::Values {
                seed: *seed,
                columns: columns.clone(),
                share: share.clone(),
            },
            Self::At { column, cuts, side } => cuts.condition(column, *side),
            Self::Time { column, cuts, side } => cuts.get(table, filter)?.condition(column, *side),
            Self::Fold {
                column,
                times,
                fold,
                is_test,
            } => {
                let times = times.get(table, filter)?;
                let begin = times.get(*fold).copied();
                let end = times.get(*fold + 1).copied();
                let (from, until) = match is_test {
                    // Without any row it does not matter where.
                    true => (begin.or(Some(i64::MAX)), end),
                    false => (None, begin),
                };
                Condition::Between {
                    column: column.clone(),
                    from,
                    until,
                }
            }
        }))
    }

    /// The number of rows that it leaves of so many, where that is known.
    pub(super) fn num_rows(&self, rows: u64) -> Option<u64> {
        match self {
            Self::Rows(sample) => Some(rows.min(sample.rows)),
            _ => None,
        }
    }
}

/// The last row of a sample, in the order of hashes, found when it is first asked for.
#[derive(Debug)]
pub(super) struct FoundRows {
    seed: u64,
    rows: u64,
    found: Mutex<Option<Option<Place>>>,
}

impl FoundRows {
    pub(super) fn new(seed: u64, rows: u64) -> Self {
        Self {
            seed,
            rows,
            found: Mutex::default(),
        }
    }

    /// `None` if all rows are in the sample.
    fn last(&self, table: &Arc<dyn Table>, filter: &Filter) -> Result<Option<Place>> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = *found {
            return Ok(last);
        }
        let seen = Arc::new(Smallest::new(self.rows));
        let filter = filter.with(Condition::Smallest {
            seed: self.seed,
            seen: seen.clone(),
        });
        for part in 0..table.num_parts() {
            for batch in table.scan_part_filtered(part, &[], &filter)? {
                batch?;
            }
        }
        let last = seen.lock().last();
        *found = Some(last);
        Ok(last)
    }
}
