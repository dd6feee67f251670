//! Whether two results are the same: to the last bit, or to so many digits.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::{cast, concat_batches},
    datatypes::{DataType, Float64Type, SchemaRef},
    record_batch::RecordBatch,
    util::display::array_value_to_string,
};
use mlhost_sandbox::{Metric, Outcome};

use super::bench::Consequence;

/// What may lie between two numbers that were added up in another order, as a share of the larger.
pub(crate) const TOLERANCE: f64 = 1e-9;

/// Whether what two states lead to is the same but for the last digits.
///
/// # Errors
/// Where they differ.
pub(crate) fn alike(one: &Consequence, other: &Consequence) -> Result<(), String> {
    match (one, other) {
        (Consequence::Rows(one), Consequence::Rows(other)) => {
            rows(&one.schema, &one.all(), &other.all(), Some(TOLERANCE))?;
            match (&one.told, &other.told) {
                (Some(one), Some(other)) => outcomes(one, other),
                _ => Ok(()),
            }
        }
        (Consequence::Judged(one), Consequence::Judged(other)) => outcomes(one, other),
        _ => Err("one is rows, and one a verdict".to_owned()),
    }
}

/// Whether batches hold the same rows, however they are cut; without a tolerance, to the last bit.
///
/// # Errors
/// Where they differ.
pub(crate) fn rows(
    schema: &SchemaRef,
    one: &[RecordBatch],
    other: &[RecordBatch],
    tolerance: Option<f64>,
) -> Result<(), String> {
    let (one, other) = (whole(schema, one)?, whole(schema, other)?);
    if one.num_rows() != other.num_rows() {
        return Err(format!(
            "{} rows and {} rows",
            one.num_rows(),
            other.num_rows()
        ));
    }
    let columns = one
        .columns()
        .iter()
        .zip(other.columns())
        .zip(schema.fields());
    for ((one, other), field) in columns {
        column(field.name(), one, other, tolerance)?;
    }
    Ok(())
}

/// All rows in one batch.
pub(crate) fn whole(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<RecordBatch, String> {
    concat_batches(schema, batches).map_err(|error| error.to_string())
}

fn column(
    name: &str,
    one: &ArrayRef,
    other: &ArrayRef,
    tolerance: Option<f64>,
) -> Result<(), String> {
    if one == other {
        return Ok(());
    }
    let differs = |row: usize| match tolerance
        .and_then(|tolerance| numbers(one, other).map(|n| (n, tolerance)))
    {
        Some(((one, other), tolerance)) => {
            !close(one.value(row), other.value(row), tolerance)
                || one.is_null(row) != other.is_null(row)
        }
        None => one.slice(row, 1).to_data() != other.slice(row, 1).to_data(),
    };
    let Some(row) = (0..one.len()).find(|row| differs(*row)) else {
        return Ok(());
    };
    let shown = |array: &ArrayRef| match array.is_null(row) {
        true => "null".to_owned(),
        false => array_value_to_string(array, row).unwrap_or_default(),
    };
    Err(format!(
        "row {row} of column `{name}`: {} and {}",
        shown(one),
        shown(other)
    ))
}

/// Two columns of floating-point numbers as the widest of them.
fn numbers(
    one: &ArrayRef,
    other: &ArrayRef,
) -> Option<(arrow::array::Float64Array, arrow::array::Float64Array)> {
    let number = |array: &ArrayRef| {
        let wide = array
            .data_type()
            .is_floating()
            .then(|| cast(array, &DataType::Float64));
        Some(wide?.ok()?.as_primitive::<Float64Type>().clone())
    };
    Some((number(one)?, number(other)?))
}

/// Whether two numbers are the same but for `tolerance`, as a share of the larger or of 1.
pub(crate) fn close(one: f64, other: f64, tolerance: f64) -> bool {
    let largest = one.abs().max(other.abs()).max(1.0);
    one == other || (one.is_nan() && other.is_nan()) || (one - other).abs() <= tolerance * largest
}

/// Whether two outcomes say the same but for the last digits of their numbers.
fn outcomes(one: &Outcome, other: &Outcome) -> Result<(), String> {
    if one.verdict != other.verdict {
        return Err(
            format!("the verdicts {:?} and {:?}", one.verdict, other.verdict).to_lowercase(),
        );
    }
    let findings = |outcome: &Outcome| -> Vec<_> {
        let all = outcome.findings.iter();
        all.map(|finding| {
            (
                finding.check.clone(),
                finding.column.clone(),
                finding.passed,
            )
        })
        .collect()
    };
    if findings(one) != findings(other) {
        return Err("other findings".to_owned());
    }
    if one.metrics.len() != other.metrics.len() {
        return Err(format!(
            "{} metrics and {} metrics",
            one.metrics.len(),
            other.metrics.len()
        ));
    }
    let pairs = one.metrics.iter().zip(&other.metrics);
    match pairs
        .into_iter()
        .find(|(one, other)| !same_metric(one, other))
    {
        None => Ok(()),
        Some((one, other)) => Err(format!("{} and {}", shown(one), shown(other))),
    }
}

fn same_metric(one: &Metric, other: &Metric) -> bool {
    let is_close = match (one.value, other.value) {
        (Some(one), Some(other)) => close(one, other, TOLERANCE),
        (one, other) => one == other,
    };
    is_close && one.name == other.name && one.labels == other.labels
}

fn shown(metric: &Metric) -> String {
    let value = metric
        .value
        .map_or("no number".to_owned(), |value| value.to_string());
    let labels: Vec<_> = metric
        .labels
        .iter()
        .map(|(key, value)| format!(" {key} {value}"))
        .collect();
    format!("{}{} {value}", metric.name, labels.concat())
}
