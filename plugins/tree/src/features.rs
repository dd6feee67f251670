//! Features as they come in batches: columns of numbers in which nothing is missing.

use arrow_array::RecordBatch;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::for_each_block;

/// The complaint about a feature that is null or NaN.
pub(crate) struct Missing<'a> {
    pub(crate) feature: &'a str,
    /// The number of rows before the batch.
    pub(crate) first_row: usize,
}

impl Missing<'_> {
    /// The error for a row of the batch.
    pub(crate) fn in_row(&self, row: usize) -> Error {
        let (feature, row) = (self.feature, self.first_row + row);
        Error::data(format!(
            "the feature `{feature}` is missing (null or NaN) in row {row}; impute it first"
        ))
    }
}

/// The columns of a batch as numbers, in the order of their names. The vectors are
/// used again for every batch.
pub(crate) fn read_columns(
    batch: &RecordBatch,
    names: &[String],
    first_row: usize,
    columns: &mut Vec<Vec<f64>>,
) -> Result<()> {
    columns.resize_with(names.len(), Vec::new);
    if batch.num_columns() != names.len() {
        let (found, expected) = (batch.num_columns(), names.len());
        return Err(Error::failed(format!(
            "a batch has {found} columns instead of {expected}"
        )));
    }
    for ((name, array), column) in names.iter().zip(batch.columns()).zip(columns) {
        column.clear();
        let mut missing = None;
        for_each_block(array, |block| {
            column.extend_from_slice(block.values);
            let nulls = block.null_count() > 0;
            let is_missing =
                |row: usize| (nulls && !block.is_valid(row)) || block.values[row].is_nan();
            if missing.is_none() && (nulls || block.values.iter().any(|value| value.is_nan())) {
                let row = (0..block.values.len()).find(|&row| is_missing(row));
                missing = row.map(|row| block.first_row + row);
            }
        })
        .map_err(|error| Error::data(format!("in the feature `{name}`: {error}")))?;
        if let Some(row) = missing {
            return Err(Missing {
                feature: name,
                first_row,
            }
            .in_row(row));
        }
    }
    Ok(())
}
