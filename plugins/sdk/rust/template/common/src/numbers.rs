//! Columns of numbers, whatever their width, as `f64`.

use arrow_array::{
    Array, ArrayRef,
    cast::AsArray,
    types::{Float32Type, Float64Type, Int32Type, Int64Type},
};
use arrow_schema::{DataType, Schema};
use mlhost_plugin::{Error, Result, column_index};

/// Finds the column that the parameter at `at`, a JSON Pointer, names. What is wrong with it is
/// told here, before a row is read.
pub fn find(input: &Schema, name: &str, at: &str) -> Result<usize> {
    let index = column_index(input, name, at)?;
    match input.field(index).data_type() {
        DataType::Float64 | DataType::Float32 | DataType::Int64 | DataType::Int32 => Ok(index),
        other => Err(Error::params(
            at,
            format!("column `{name}` is of type {other}; int32, int64, float32 and float64 will do"),
        )),
    }
}

/// The values of a column that [`find`] has found.
pub fn values(column: &ArrayRef) -> Vec<Option<f64>> {
    match column.data_type() {
        DataType::Float64 => column.as_primitive::<Float64Type>().iter().collect(),
        DataType::Float32 => widened(column.as_primitive::<Float32Type>().iter()),
        DataType::Int32 => widened(column.as_primitive::<Int32Type>().iter()),
        DataType::Int64 => {
            let values = column.as_primitive::<Int64Type>().iter();
            values.map(|value| value.map(|value| value as f64)).collect()
        }
        _ => vec![None; column.len()],
    }
}

fn widened<T: Into<f64>>(values: impl Iterator<Item = Option<T>>) -> Vec<Option<f64>> {
    values.map(|value| value.map(Into::into)).collect()
}
