//! The plugin as a host runs it: parameters from JSON, models through their bytes.
//!
//! Numbers to compare with are scikit-learn 1.9's for the rows that [`features`]
//! and [`numbers`] make:
//!
//! ```python
//! i = np.arange(40)
//! X = np.c_[(i * 37 % 11) / 2, (i * i % 17) - 8, 100 * np.sin(i)]
//! y = 3 * X[:, 0] - 0.5 * X[:, 1] + 0.01 * X[:, 2] + (i * 29 % 13) / 13
//! ```

#![cfg(test)]

mod classification;
mod elastic_net;
mod explain;
mod readme;
mod refusals;
mod regression;
mod split;

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray};
use mlhost_linear::{Linear, Model, Params, Prediction, Predictor, Training};
use mlhost_plugin::{Error, RecordBatch, testing};

const ROWS: i32 = 40;

fn params(json: &str) -> Params {
    serde_json::from_str(json).unwrap()
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let nullable = columns
        .into_iter()
        .map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(nullable).unwrap()
}

fn floats(values: impl Into<Float64Array>) -> ArrayRef {
    Arc::new(values.into())
}

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

/// The columns of `X`.
fn features() -> [Vec<f64>; 3] {
    let rows = || 0..ROWS;
    [
        rows().map(|i| f64::from(i * 37 % 11) / 2.0).collect(),
        rows().map(|i| f64::from(i * i % 17) - 8.0).collect(),
        rows().map(|i| 100.0 * f64::from(i).sin()).collect(),
    ]
}

/// `y`.
fn numbers() -> Vec<f64> {
    let [a, b, c] = features();
    let rows = (0..ROWS).zip(a.into_iter().zip(b).zip(c));
    rows.map(|(i, ((a, b), c))| 3.0 * a - 0.5 * b + 0.01 * c + f64::from(i * 29 % 13) / 13.0)
        .collect()
}

/// The features beside a target `y`.
fn table(target: ArrayRef) -> RecordBatch {
    let [a, b, c] = features();
    batch(vec![
        ("a", floats(a)),
        ("b", floats(b)),
        ("y", target),
        ("c", floats(c)),
    ])
}

fn fit(json: &str, rows: RecordBatch) -> Result<Model, Error> {
    testing::fit::<Training>(params(json), &[rows])
}

fn predict(model: Model, rows: RecordBatch) -> Result<RecordBatch, Error> {
    let target = params(r#"{ "target": "y" }"#);
    Ok(testing::transform::<Prediction>(target, model, &[rows])?.remove(0))
}

fn function(model: &Model) -> &Linear {
    match &model.predictor {
        Predictor::Regression(linear) => linear,
        Predictor::Classification { .. } => panic!("a regression was expected"),
    }
}

fn column<'a>(rows: &'a RecordBatch, name: &str) -> &'a Float64Array {
    let column = rows.column_by_name(name).unwrap();
    column.as_any().downcast_ref().unwrap()
}

/// Equal up to a share of the larger of the expected value and one thousandth.
#[track_caller]
fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (one, other) in found.iter().zip(expected) {
        let close = (one - other).abs() <= tolerance * other.abs().max(1e-3);
        assert!(close, "found {found:?}, expected {expected:?}");
    }
}
