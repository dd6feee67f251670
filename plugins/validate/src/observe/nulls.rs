//! Counts what is null.

use arrow_array::Array;
use mlhost_statistics::column::for_each_block;

use super::Batch;
use crate::plan::Observation;
use crate::seen::Seen;
use crate::tally::Value;

/// Nulls, and NaN among numbers, of a column of any type, in the rows that are selected.
pub(super) fn update(observation: &Observation, seen: &mut Seen, batch: &Batch<'_>) {
    let Seen::Tally(tally) = seen else { return };
    let array = batch.column(observation.columns[0]);
    let nulls = array.logical_nulls();
    let nans = nans(array);
    let selected = batch.mask.map_or(array.len(), |mask| mask.count_set_bits());
    tally.values += selected as u64;
    if nulls.is_none() && nans.is_empty() {
        return;
    }
    if let (None, Some(nulls), true, true) = (batch.mask, &nulls, nans.is_empty(), tally.is_full())
    {
        tally.unexpected += nulls.null_count() as u64;
        return;
    }
    let mut nans = nans.into_iter().peekable();
    for row in 0..array.len() {
        let is_nan = nans.next_if_eq(&row).is_some();
        let is_null = is_nan || nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        if is_null && batch.is_selected(row) {
            tally.unexpected(batch.number(row), || Value::Null);
        }
    }
}

/// The rows that are NaN.
fn nans(array: &dyn Array) -> Vec<usize> {
    let mut nans = Vec::new();
    if array.data_type().is_floating() {
        // Numbers of every kind are read.
        let _ = for_each_block(array, |block| {
            let values = block.values.iter().enumerate();
            let rows = values.filter(|(row, value)| value.is_nan() && block.is_valid(*row));
            nans.extend(rows.map(|(row, _)| block.first_row + row));
        });
    }
    nans
}
