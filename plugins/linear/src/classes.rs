//! The target of a classification, row by row.

use arrow_array::Array;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::for_each_class;

/// What `make` makes of the class of each row; `None` where it is null or NaN.
pub(crate) fn classes<T>(
    array: &dyn Array,
    mut make: impl FnMut(&str) -> Option<T>,
) -> Result<Vec<Option<T>>> {
    let mut made = Vec::with_capacity(array.len());
    for_each_class(array, |class| made.push(class.and_then(&mut make)))
        .map_err(|error| Error::data(error.to_string()))?;
    Ok(made)
}
