//! Small tables, and what the package says of them.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use mlhost_plugin::{Finding, Outcome, Validator, testing};
use mlhost_validate::{Observe, Params, Validate};

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

/// The outcome for a table.
pub(crate) fn outcome(json: &str, rows: &RecordBatch) -> Outcome {
    let observed = testing::fold::<Observe>(params(json), std::slice::from_ref(rows)).unwrap();
    Validate::assess(params(json), observed).unwrap()
}

/// The last finding on the column `x`, which holds this, for checks in JSON.
pub(crate) fn finding(checks: &str, x: ArrayRef) -> Finding {
    let json = format!(r#"{{"columns": {{"x": {checks}}}}}"#);
    outcome(&json, &table([("x", x)])).findings.pop().unwrap()
}

/// What a finding says, after whether it has passed.
pub(crate) fn said(finding: &Finding) -> (bool, &str) {
    (finding.passed, &finding.message)
}
