//! Refuses parameters that no table could be checked against.

use mlhost_plugin::{Error, Result};
use mlhost_statistics::DateUnit;

use crate::asked::{Asked, What, asked};
use crate::forms::{End, Range};
use crate::length_of_time;
use crate::params::Params;
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
        What::Between(range) => check_ends(range, at),
        What::RowCount(range) => check_range(range.min, range.max, at),
        What::Length { min, max } => check_range(*min, *max, at),
        What::Members { members: [], .. } => wrong("the set has no values"),
        What::Statistic(statistic, range) => {
            if let Statistic::Quantile(q) = statistic
                && !(0.0..=1.0).contains(q)
            {
                return wrong("`q` is a number from 0 to 1");
            }
            if !statistic.is_of_values() {
                for (name, end) in [("min", &range.min), ("max", &range.max)] {
                    if let Some(End::Time(time)) = end {
                        let message = format!("expected a number, found the text `{time}`");
                        return Err(Error::params(format!("{at}/{name}"), message));
                    }
                }
            }
            check_ends(range, at)
        }
        What::Freshness(freshness) => {
            DateUnit::Seconds
                .number(&freshness.at)
                .map_err(|error| Error::params(format!("{at}/at"), error.to_string()))?;
            length_of_time::read(&freshness.within)
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

/// Ends that are dates or times are compared as such.
fn check_ends(range: &Range<End>, at: &str) -> Result<()> {
    let number = |name: &str, end: &Option<End>| match end {
        Some(End::Time(time)) => {
            let number = DateUnit::Nanoseconds.number(time);
            let wrong = |error: mlhost_statistics::Error| {
                Error::params(format!("{at}/{name}"), error.to_string())
            };
            number.map(Some).map_err(wrong)
        }
        Some(End::Number(number)) => Ok(Some(*number)),
        None => Ok(None),
    };
    if let (Some(End::Time(_)), Some(End::Number(_))) | (Some(End::Number(_)), Some(End::Time(_))) =
        (&range.min, &range.max)
    {
        let message = "one end is a number, and the other a date or time";
        return Err(Error::params(at, message));
    }
    check_range(number("min", &range.min)?, number("max", &range.max)?, at)
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
