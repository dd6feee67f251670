//! One condition on the rows of a part, with all that it needs to know: a row is judged by its
//! values and its position, and by nothing that was read before it.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use arrow::{array::AsArray, error::ArrowError};
use serde_json::json;

use super::Predicate;
use super::chance::{Purpose, Share, ValueHasher, of_position};
use super::smallest::{Place, Smallest};
use crate::{Error, Result};

#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// The comparisons hold.
    Where(Arc<Predicate>),
    /// The position falls into a share of all positions.
    Position {
        seed: u64,
        purpose: Purpose,
        share: Share,
    },
    /// The hash of the position is at most that of this place.
    UpTo { seed: u64, last: Place },
    /// The hash is among the smallest so far, which are kept.
    Smallest { seed: u64, seen: Arc<Smallest> },
    /// The values of these columns fall into a share of all values.
    Values {
        seed: u64,
        columns: Vec<String>,
        share: Share,
    },
    /// The time is not before the one and before the other, in the unit of the column.
    Between {
        column: String,
        from: Option<i64>,
        until: Option<i64>,
    },
}

/// Where the rows of a batch are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    pub(super) part: u64,
    pub(super) first_row: u64,
}

impl Condition {
    /// The columns that it looks at.
    pub(super) fn columns(&self) -> Vec<&String> {
        match self {
            Self::Where(predicate) => {
                let bounds = predicate.bounds.iter();
                bounds.map(|bound| &bound.comparison.column).collect()
            }
            Self::Values { columns, .. } => columns.iter().collect(),
            Self::Between { column, .. } => vec![column],
            Self::Position { .. } | Self::UpTo { .. } | Self::Smallest { .. } => Vec::new(),
        }
    }

    /// All that decides of which rows of a part it holds, but for their values.
    pub(super) fn identity(&self, part: u64) -> String {
        match self {
            Self::Where(predicate) => {
                let bounds = predicate.bounds.iter();
                let comparisons: Vec<_> = bounds.map(|bound| &bound.comparison).collect();
                format!("where {}", json!(comparisons))
            }
            Self::Position {
                seed,
                purpose,
                share,
            } => format!("{purpose:?} {share:?} of positions in {part} by {seed}"),
            Self::UpTo { seed, last } => format!(
                "positions in {part} by {seed} up to {} {} {}",
                last.hash, last.part, last.row
            ),
            Self::Smallest { seed, .. } => format!("smallest in {part} by {seed}"),
            Self::Values {
                seed,
                columns,
                share,
            } => format!("{share:?} of values of {columns:?} by {seed}"),
            Self::Between {
                column,
                from,
                until,
            } => format!("{column:?} from {from:?} until {until:?}"),
        }
    }

    /// Those of the rows in `kept` that it holds of.
    pub(super) fn keep(
        &self,
        kept: &BooleanBuffer,
        batch: &RecordBatch,
        position: Position,
    ) -> Result<BooleanBuffer> {
        let hash = |seed, purpose, row: usize| {
            of_position(
                seed,
                purpose,
                position.part,
                position.first_row + row as u64,
            )
        };
        let place = |seed, row: usize| Place {
            hash: hash(seed, Purpose::Sample, row),
            part: position.part,
            row: position.first_row + row as u64,
        };
        let each = |holds: &mut dyn FnMut(usize) -> bool| {
            BooleanBuffer::collect_bool(kept.len(), |row| kept.value(row) && holds(row))
        };
        match self {
            Self::Where(predicate) => {
                let mask = predicate.mask(batch).map_err(failed)?;
                Ok(kept & mask.values())
            }
            Self::Position {
                seed,
                purpose,
                share,
            } => Ok(each(&mut |row| share.holds(hash(*seed, *purpose, row)))),
            Self::UpTo { seed, last } => Ok(each(&mut |row| place(*seed, row) <= *last)),
            Self::Smallest { seed, seen } => {
                let mut seen = seen.lock();
                Ok(each(&mut |row| seen.offer(place(*seed, row))))
            }
            Self::Values {
                seed,
                columns,
                share,
            } => by_values(kept, batch, *seed, columns, share),
            Self::Between {
                column,
                from,
                until,
            } => {
                let times = times(batch, column)?;
                if let Some(row) = kept.set_indices().find(|row| times.is_null(*row)) {
                    return Err(Error::NoTime {
                        column: column.clone(),
                        part: position.part,
                        row: position.first_row + row as u64,
                    });
                }
                let from = from.unwrap_or(i64::MIN);
                let is_before = |time: i64| until.is_none_or(|until| time < until);
                Ok(each(&mut |row| {
                    let time = times.value(row);
                    from <= time && is_before(time)
                }))
            }
        }
    }
}

fn by_values(
    kept: &BooleanBuffer,
    batch: &RecordBatch,
    seed: u64,
    columns: &[String],
    share: &Share,
) -> Result<BooleanBuffer> {
    let columns = columns.iter().map(|column| column_of(batch, column));
    let columns: Vec<ArrayRef> = columns.collect::<Result<_>>()?;
    let mut hasher = ValueHasher::new(seed, &columns).map_err(failed)?;
    let mut left = vec![false; kept.len()];
    for row in kept.set_indices() {
        let hash = hasher.hash(row);
        let hash = hash.map_err(|error| failed(ArrowError::ComputeError(error.to_string())))?;
        left[row] = share.holds(hash);
    }
    Ok(BooleanBuffer::from(left))
}

/// Whether rows can be ordered in time by a column of this type.
pub(super) fn is_time(data_type: &DataType) -> bool {
    let is_number = data_type.is_integer() && *data_type != DataType::UInt64;
    let is_date = matches!(data_type, DataType::Date32 | DataType::Date64);
    is_number || is_date || matches!(data_type, DataType::Timestamp(..))
}

/// The times of a column as numbers, in its own unit.
pub(super) fn times(batch: &RecordBatch, column: &str) -> Result<Int64Array> {
    numbers(&column_of(batch, column)?)
}

/// Times as numbers, in their own unit.
pub(super) fn numbers(times: &ArrayRef) -> Result<Int64Array> {
    let numbers = cast(times, &DataType::Int64).map_err(failed)?;
    Ok(numbers.as_primitive::<Int64Type>().clone())
}

fn column_of(batch: &RecordBatch, column: &str) -> Result<ArrayRef> {
    let found = batch.column_by_name(column).cloned();
    found.ok_or_else(|| Error::UnknownColumn {
        column: column.to_owned(),
        nearest: None,
    })
}

fn failed(source: ArrowError) -> Error {
    Error::Filter { source }
}
