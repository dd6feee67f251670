//! Refuses parameters that no table could be checked against.

use mlhost_plugin::{Error, Result};

use crate::asked::{Asked, What, asked};
use crate::dates;
use crate::params::{Params, RowCount};
use crate::statistic::Statistic;

/// Finds ranges and sets that nothing is in, shares that are none, and what cannot be read.
pub(crate) fn check(params: &Params) -> Result<()> {
    for asked in asked(params) {
        if !(0.0..=1.0).contains(&asked.demand.mostly) {
            return Err(Error::params(
                format!("{}/mostly", asked.pointer),
                "a share is a number from 0 to 1",
            ));
        }
        check_one(&asked)?;
    }
    Ok(())
}

fn check_one(asked: &Asked<'_>) -> Result<()> {
    let at = asked.pointer.as_str();
    let wrong = |message: &str| Err(Error::params(at, message));
    match &asked.what {
        What::Between(range) => check_range(range.min, range.max, at),
        What::RowCount(RowCount { min, max, .. }) => check_range(*min, *max, at),
        What::Length { min, max } => check_range(*min, *max, at),
        What::Members { members: [], .. } => wrong("the set has no values"),
        What::Statistic(statistic, range) => {
            if let Statistic::Quantile(q) = statistic
                && !(0.0..=1.0).contains(q)
            {
                return wrong("`q` is a number from 0 to 1");
            }
            check_range(range.min, range.max, at)
        }
        What::Freshness(freshness) => {
            dates::seconds(&freshness.at)
                .map_err(|message| Error::params(format!("{at}/at"), message))?;
            dates::length(&freshness.within)
                .map_err(|message| Error::params(format!("{at}/within"), message))?;
            Ok(())
        }
        What::UniqueTogether if asked.columns.len() < 2 => {
            wrong("it takes two columns or more; for one there is `unique`")
        }
        What::ColumnOrder([]) => wrong("the list has no columns"),
        _ => Ok(()),
    }
}

fn check_range<T: PartialOrd>(min: Option<T>, max: Option<T>, at: &str) -> Result<()> {
    match (min, max) {
        (None, None) => Err(Error::params(at, "a range has a `min`, a `max` or both")),
        (Some(min), Some(max)) if min > max => Err(Error::params(
            at,
            "`min` is larger than `max`, so that nothing is between them",
        )),
        _ => Ok(()),
    }
}
