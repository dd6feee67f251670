//! The batch that crosses the boundary: eight columns of float64, one value in twenty missing.

use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array, ArrayRef, Float64Array};
use arrow::record_batch::RecordBatch;

const COLUMNS: usize = 8;

/// A batch of so many rows; equal ones for equal numbers.
pub(crate) fn batch(rows: usize) -> Result<RecordBatch> {
    let columns = (0..COLUMNS).map(|column| {
        let value = |row: usize| {
            let mixed = (row * COLUMNS + column).wrapping_mul(2_654_435_761) % 100_003;
            (!mixed.is_multiple_of(20)).then_some(mixed as f64 / 1000.0)
        };
        let array: Float64Array = (0..rows).map(value).collect();
        (format!("x{column}"), Arc::new(array) as ArrayRef)
    });
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// The buffers of a batch: values, and which of them are there.
pub(crate) fn buffers(batch: &RecordBatch) -> Vec<Vec<u8>> {
    let data = batch.columns().iter().map(|column| column.to_data());
    data.flat_map(|data| {
        let nulls = data.nulls().map(|nulls| nulls.validity().to_vec());
        let values = data.buffers().iter().map(|buffer| buffer.to_vec());
        values.chain(nulls).collect::<Vec<_>>()
    })
    .collect()
}
