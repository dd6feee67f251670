//! Which rows of a column hold a value: neither null nor, among numbers, NaN.

use arrow_array::Array;
use arrow_buffer::{BooleanBufferBuilder, NullBuffer};
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::for_each_block;

/// The rows with a value as the valid ones; `None` where every row has one.
pub(crate) fn rows_with_value(array: &dyn Array) -> Result<Option<NullBuffer>> {
    let not_null = array.logical_nulls();
    let not_nan = if array.data_type().is_floating() {
        rows_without_nan(array)?
    } else {
        None
    };
    let both = NullBuffer::union(not_null.as_ref(), not_nan.as_ref());
    Ok(both.filter(|rows| rows.null_count() > 0))
}

fn rows_without_nan(array: &dyn Array) -> Result<Option<NullBuffer>> {
    let mut rows = BooleanBufferBuilder::new(array.len());
    let mut any = false;
    for_each_block(array, |block| {
        for value in block.values {
            any |= value.is_nan();
            rows.append(!value.is_nan());
        }
    })
    .map_err(|error| Error::data(error.to_string()))?;
    Ok(any.then(|| NullBuffer::new(rows.finish())))
}
