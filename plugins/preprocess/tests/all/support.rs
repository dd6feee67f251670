//! Small tables, and what the package makes of them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use mlhost_plugin::{Error, Result, testing};
use mlhost_preprocess::{Encode, Learn, Learned, Params};

/// Parameters from JSON text.
pub(crate) fn params(json: &str) -> Params {
    serde_json::from_str(json).unwrap()
}

/// A table of named columns.
pub(crate) fn table<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

/// A column of numbers.
pub(crate) fn numbers<const N: usize>(values: [Option<f64>; N]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// A column of texts.
pub(crate) fn texts<const N: usize>(values: [Option<&str>; N]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// What is learned from a table.
pub(crate) fn learn(json: &str, rows: &RecordBatch) -> Result<Learned> {
    testing::fold::<Learn>(params(json), std::slice::from_ref(rows))
}

/// What becomes of one table by what is learned from another.
pub(crate) fn encode(json: &str, fit: &RecordBatch, rows: &RecordBatch) -> Result<RecordBatch> {
    let learned = learn(json, fit)?;
    let mut made = testing::transform::<Encode>(params(json), learned, std::slice::from_ref(rows))?;
    Ok(made.remove(0))
}

/// Why something was refused.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}

/// The names of the columns.
pub(crate) fn names(rows: &RecordBatch) -> Vec<String> {
    rows.schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect()
}

/// The numbers of a column, of either precision.
pub(crate) fn column(rows: &RecordBatch, name: &str) -> Vec<Option<f64>> {
    let array = rows
        .column_by_name(name)
        .unwrap_or_else(|| panic!("no column {name}"));
    match array.data_type() {
        DataType::Float32 => array
            .as_primitive::<Float32Type>()
            .iter()
            .map(|v| v.map(f64::from))
            .collect(),
        _ => array.as_primitive::<Float64Type>().iter().collect(),
    }
}
