//! What is looked at for a check in columns of a type, and how; or that it is not for such columns.

use arrow_schema::DataType;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::DateUnit;
use mlhost_statistics::column::{has_keys, holds_texts, is_numeric, type_name};
use regex_lite::Regex;

use crate::asked::{Asked, What};
use crate::forms::{End, Range};
use crate::membership::Membership;
use crate::order::Way;
use crate::plan::Reading;
use crate::seen::Look;
use crate::statistic::Statistic;

/// Whether a check is for columns of this type.
pub(crate) fn can_read(what: &What<'_>, data_type: &DataType) -> bool {
    match what {
        What::Between(_) | What::Monotonic { .. } | What::GreaterThan { .. } => {
            is_numeric(data_type)
        }
        What::Members { .. } => is_numeric(data_type) || holds_texts(data_type),
        What::Regex(_) | What::Length { .. } => {
            holds_texts(data_type) || *data_type == DataType::Null
        }
        What::Freshness(_) => DateUnit::of(data_type).is_some(),
        What::Unique
        | What::UniqueTogether
        | What::Statistic(Statistic::Distinct | Statistic::ProportionUnique, _) => {
            has_keys(data_type)
        }
        // A sum of dates is no date, and their deviation neither.
        What::Statistic(Statistic::Sum | Statistic::Stdev, _) => {
            is_numeric(data_type) && DateUnit::of(data_type).is_none()
        }
        What::Statistic(..) => is_numeric(data_type),
        _ => true,
    }
}

/// What a check asks for is not for the columns, and why.
pub(crate) type Unfit = String;

/// The range as numbers of a column.
fn numbers(range: &Range<End>, data_type: &DataType) -> Result<Range, Unfit> {
    // A column that holds nothing but nulls may be of any type.
    if *data_type == DataType::Null {
        return Ok(Range::default());
    }
    range
        .numbers(DateUnit::of(data_type))
        .map_err(|(name, end)| {
            let kind = match end {
                End::Number(_) => "number",
                End::Time(_) => "date or time",
            };
            let called = type_name(data_type);
            format!("`{name}` is the {kind} {end}, and the column holds `{called}`")
        })
}

/// What is looked at for a check, and how; `None` where the schema or the number of rows is enough.
///
/// # Errors
/// Where a regular expression cannot be read.
pub(crate) fn look_of(
    asked: &Asked<'_>,
    data_type: Option<&DataType>,
    condition: Option<usize>,
) -> Result<Result<Option<(Look, Reading)>, Unfit>> {
    let any = DataType::Null;
    let of_type = data_type.unwrap_or(&any);
    let is_floating = data_type.is_some_and(DataType::is_floating);
    let by_value = match data_type {
        Some(DataType::Boolean) => Reading::Booleans,
        Some(data_type) if holds_texts(data_type) => Reading::Texts,
        _ => Reading::Numbers,
    };
    let look = match &asked.what {
        // Rows that do not meet a condition are read as missing, and are no nulls.
        What::NotNull if is_floating && condition.is_none() => (Look::Nulls, Reading::Numbers),
        What::NotNull => (Look::Nulls, Reading::Nulls),
        What::Between(range) => match numbers(range, of_type) {
            Ok(range) => (Look::Between(range), Reading::Numbers),
            Err(unfit) => return Ok(Err(unfit)),
        },
        What::Members { members, allowed } => {
            let (members, allowed) = match Membership::new(members, of_type) {
                Ok(members) => (Box::new(members), *allowed),
                Err(unfit) => return Ok(Err(unfit)),
            };
            (Look::Members { members, allowed }, by_value)
        }
        What::Regex(pattern) => {
            let regex = Regex::new(pattern).map_err(|error| {
                Error::params(
                    &asked.pointer,
                    format!("`{pattern}` is no regular expression: {error}"),
                )
            })?;
            (Look::Pattern(Box::new(regex)), Reading::Texts)
        }
        What::Length { min, max } => {
            let (min, max) = (*min, *max);
            (Look::Length { min, max }, Reading::Texts)
        }
        What::Unique => (Look::Keys, Reading::Keys),
        What::UniqueTogether => (Look::KeysTogether, Reading::Rows),
        What::Statistic(statistic, range) => {
            if statistic.is_of_values()
                && let Err(unfit) = numbers(range, of_type)
            {
                return Ok(Err(unfit));
            }
            let reading = match statistic {
                Statistic::Distinct | Statistic::ProportionUnique => Reading::Keys,
                Statistic::Correlation => Reading::Pairs,
                _ => Reading::Numbers,
            };
            (statistic.look(), reading)
        }
        What::Monotonic {
            direction,
            strictly,
        } => {
            let way = Way {
                direction: *direction,
                strictly: *strictly,
            };
            (Look::Order(way), Reading::Numbers)
        }
        What::Freshness(_) => (Look::Extremes, Reading::Numbers),
        What::GreaterThan { or_equal } => {
            let or_equal = *or_equal;
            (Look::Above { or_equal }, Reading::Pairs)
        }
        What::RowCount(_) if condition.is_some() => (Look::Count, Reading::Rows),
        What::Exists { .. }
        | What::Type(_)
        | What::InReference(_)
        | What::Expression(_)
        | What::RowCount(_)
        | What::NoExtraColumns
        | What::ColumnOrder(_) => return Ok(Ok(None)),
    };
    Ok(Ok(Some(look)))
}
