//! Where a split by time divides: at a time that is given, or at those that leave the wanted
//! shares of all rows, which takes a look at all of them.

use std::sync::{Arc, Mutex, PoisonError};

use mlhost_pipeline::Side;

use super::condition::{Condition, times};
use super::filter::Filter;
use super::rank::{KEPT, numbers_at};
use crate::Result;
use crate::table::Table;

/// The times at which the sides after the first begin, in the unit of the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cuts {
    /// Where validation begins, if there is such a side.
    pub(super) validation: Option<i64>,
    /// Where testing begins.
    pub(super) test: i64,
}

impl Cuts {
    /// The condition for a row to be on a side.
    pub(super) fn condition(self, column: &str, side: Side) -> Condition {
        let first = self.validation.unwrap_or(self.test);
        let (from, until) = match side {
            Side::Train => (None, Some(first)),
            Side::Validation => (Some(first), Some(self.test)),
            Side::Test => (Some(self.test), None),
        };
        Condition::Between {
            column: column.to_owned(),
            from,
            until,
        }
    }
}

/// The cuts for shares of rows, found when they are first asked for.
#[derive(Debug)]
pub(super) struct FoundCuts(FoundTimes);

impl FoundCuts {
    pub(super) fn new(column: &str, test: f64, validation: Option<f64>) -> Self {
        Self(FoundTimes::new(column, Wanted::Shares { test, validation }))
    }

    /// The cuts over the rows of a table that a filter keeps: always the same table and filter.
    pub(super) fn get(&self, table: &Arc<dyn Table>, filter: &Filter) -> Result<Cuts> {
        let found = self.0.get(table, filter)?;
        Ok(Cuts {
            validation: found.get(1).copied(),
            // Without any row it does not matter where.
            test: found.first().copied().unwrap_or(i64::MAX),
        })
    }
}

/// Which times are looked for.
#[derive(Debug)]
pub(super) enum Wanted {
    /// That of the first row for testing, and of the first for validation.
    Shares { test: f64, validation: Option<f64> },
    /// Those of the first row for testing of each of so many folds: all rows are divided into one
    /// block more than there are folds, and the first block is for training only.
    Folds(u32),
}

/// The times of some rows in the order of time, found when they are first asked for.
#[derive(Debug)]
pub(super) struct FoundTimes {
    column: String,
    wanted: Wanted,
    found: Mutex<Option<Vec<i64>>>,
}

impl FoundTimes {
    pub(super) fn new(column: &str, wanted: Wanted) -> Self {
        Self {
            column: column.to_owned(),
            wanted,
            found: Mutex::default(),
        }
    }

    /// The times over the rows of a table that a filter keeps: always the same table and filter.
    pub(super) fn get(&self, table: &Arc<dyn Table>, filter: &Filter) -> Result<Vec<i64>> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = found.as_ref() {
            return Ok(times.clone());
        }
        let times = self.find(table, filter)?;
        *found = Some(times.clone());
        Ok(times)
    }

    fn find(&self, table: &Arc<dyn Table>, filter: &Filter) -> Result<Vec<i64>> {
        // Lets every row pass that has a time, and refuses those that have none.
        let filter = filter.with(Condition::Between {
            column: self.column.clone(),
            from: None,
            until: None,
        });
        let pass = |see: &mut dyn FnMut(i64)| -> Result<()> {
            for part in 0..table.num_parts() {
                let columns = std::slice::from_ref(&self.column);
                for batch in table.scan_part_filtered(part, columns, &filter)? {
                    let times = times(&batch?, &self.column)?;
                    times.values().iter().for_each(|time| see(*time));
                }
            }
            Ok(())
        };
        numbers_at(KEPT, pass, |rows| self.wanted.ranks(rows))
    }
}

impl Wanted {
    /// The ranks of the rows in the order of time. Each side has a row as long as there are enough
    /// of them.
    fn ranks(&self, rows: u64) -> Vec<u64> {
        if rows == 0 {
            return Vec::new();
        }
        match self {
            Self::Shares { test, validation } => {
                let test = rows.saturating_sub(rows_of(*test, rows));
                let validation = validation.map(|share| rows_of(share, rows));
                let validation = validation.map(|number| test.saturating_sub(number));
                [Some(test), validation].into_iter().flatten().collect()
            }
            Self::Folds(count) => {
                let blocks = u64::from(*count) + 1;
                let begin =
                    |fold: u64| (u128::from(rows) * u128::from(fold) / u128::from(blocks)) as u64;
                (1..blocks).map(begin).collect()
            }
        }
    }
}

/// The whole number of rows that is nearest to a share of them, at least one.
fn rows_of(share: f64, rows: u64) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of rows, which is rounded anyway and not negative"
    )]
    let number = (share * rows as f64).round() as u64;
    number.max(1)
}
