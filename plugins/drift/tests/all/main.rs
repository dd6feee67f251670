//! The plugin as a host runs it: parameters from JSON, states through their bytes.

#![cfg(test)]

mod columns;
mod domain;
mod index;
mod readme;
mod reference;
mod refusals;
mod split;
mod verdict;

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, StringArray};
use mlhost_drift::{Drift, Params, Profile, Profiler};
use mlhost_plugin::{DriftDetector, Error, Outcome, RecordBatch, testing};

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

fn booleans(values: impl Into<BooleanArray>) -> ArrayRef {
    Arc::new(values.into())
}

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn profile(json: &str, columns: Vec<(&str, ArrayRef)>) -> Result<Profile, Error> {
    testing::fold::<Profiler>(params(json), &[batch(columns)])
}

fn compare(
    json: &str,
    reference: Vec<(&str, ArrayRef)>,
    current: Vec<(&str, ArrayRef)>,
) -> Result<Outcome, Error> {
    Drift::assess(
        params(json),
        profile(json, reference)?,
        profile(json, current)?,
    )
}

/// The value of a metric that is written as `name` or `name label label`.
#[track_caller]
fn metric(outcome: &Outcome, wanted: &str) -> f64 {
    let mut found = outcome.metrics.iter().filter(|metric| {
        let labels = metric.labels.iter().map(|(_, value)| format!(" {value}"));
        format!("{}{}", metric.name, labels.collect::<String>()) == wanted
    });
    let value = found.next().map(|metric| metric.value);
    assert_eq!(found.count(), 0, "{wanted} is there more than once");
    value.unwrap_or_else(|| panic!("there is no {wanted}"))
}

fn messages(outcome: &Outcome) -> Vec<String> {
    let findings = outcome.findings.iter().map(|finding| {
        let column = finding.column.as_deref().unwrap_or("-");
        let passed = if finding.passed {
            "passed"
        } else {
            "not passed"
        };
        format!("{column} {} {passed}: {}", finding.check, finding.message)
    });
    findings.collect()
}
