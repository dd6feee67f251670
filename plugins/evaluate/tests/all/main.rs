//! The plugin as a host runs it: parameters from JSON, states through their bytes.

#![cfg(test)]

mod bootstrap;
mod classification;
mod curves;
mod figures;
mod models;
mod readme;
mod reference;
mod refusals;
mod regression;
mod slices;
mod split;
mod tests;

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int32Array, StringArray};
use mlhost_evaluate::{Evaluate, Evaluation, Observed, Params};
use mlhost_plugin::{Error, Evaluator, Outcome, RecordBatch, testing};

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

fn integers(values: impl Into<Int32Array>) -> ArrayRef {
    Arc::new(values.into())
}

fn booleans(values: impl Into<BooleanArray>) -> ArrayRef {
    Arc::new(values.into())
}

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn observe(json: &str, rows: RecordBatch) -> Result<Observed, Error> {
    testing::fold::<Evaluation>(params(json), &[rows])
}

fn score(json: &str, rows: RecordBatch) -> Result<Outcome, Error> {
    let state = observe(json, rows)?;
    Evaluate::assess(params(json), vec![("model".to_owned(), state)])
}

/// The metrics as `name` or `name label=value`, each with its value.
fn metrics(outcome: &Outcome) -> Vec<(String, f64)> {
    let named = outcome.metrics.iter().map(|metric| {
        let labels = metric.labels.iter();
        let labels: String = labels
            .map(|(key, value)| format!(" {key}={value}"))
            .collect();
        (format!("{}{labels}", metric.name), metric.value)
    });
    named.collect()
}

/// The same metrics in the same order, up to rounding.
#[track_caller]
fn assert_metrics(outcome: &Outcome, expected: &[(&str, f64)]) {
    let found = metrics(outcome);
    let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
    let wanted: Vec<_> = expected.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, wanted);
    for ((name, found), (_, expected)) in found.iter().zip(expected) {
        let close = (found - expected).abs() <= 1e-12 * expected.abs();
        assert!(close, "{name} is {found}, expected {expected}");
    }
}
