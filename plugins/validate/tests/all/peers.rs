//! Statistics of columns at the edges, against what numpy, pandas and scipy say of them:
//! `tests/reference/validate/make.py` has made the numbers.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array};
use mlhost_plugin::{Finding, Validator, testing};
use mlhost_validate::{Observe, Validate};
use serde_json::{Value, json};

use crate::support::{outcome, params, table};

fn expected() -> Value {
    serde_json::from_str(include_str!(
        "../../../../tests/reference/validate/expected.json"
    ))
    .unwrap()
}

/// A number, as both sides write it.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => None,
        Value::String(text) => text.parse().ok(),
        value => value.as_f64(),
    }
}

const WIDE: &str = r#"{"min": -1e308, "severity": "warn"}"#;

fn checks() -> String {
    let statistics = ["mean", "median", "stdev", "sum", "min", "max"];
    let mut checks: Vec<String> = statistics
        .iter()
        .map(|name| format!(r#""{name}_between": {WIDE}"#))
        .collect();
    checks.push(format!(
        r#""distinct_count": {WIDE}, "proportion_unique": {WIDE}, "not_null": true"#
    ));
    let quantiles = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
    let quantiles = quantiles.map(|q| format!(r#"{{"q": {q}, "min": -1e308}}"#));
    checks.push(format!(r#""quantile_between": [{}]"#, quantiles.join(", ")));
    format!(r#"{{"columns": {{"x": {{{}}}}}}}"#, checks.join(", "))
}

/// What numpy says of the statistic of a finding.
fn of_numpy<'a>(expected: &'a Value, found: &Finding) -> Option<&'a Value> {
    let name = found.check.strip_suffix("_between").unwrap_or(&found.check);
    match name {
        "quantile" => Some(&expected["quantiles"][found.details["q"].to_string()]),
        "median" => Some(&expected["quantiles"]["0.5"]),
        "distinct_count" => Some(&expected["distinct"]),
        "column_exists" | "not_null" => None,
        name => expected.get(name),
    }
}

#[test]
fn statistics_at_the_edges_are_those_of_numpy() {
    let expected = expected();
    for (name, edge) in expected["edges"].as_object().unwrap() {
        let values: Vec<Option<f64>> = edge["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(number)
            .collect();
        let largest = values
            .iter()
            .flatten()
            .fold(0.0_f64, |most, value| most.max(value.abs()));
        let x: ArrayRef = Arc::new(Float64Array::from(values.clone()));
        let rows = table([("x", x)]);
        let judged = outcome(&checks(), &rows);
        // In two parts, as two threads would.
        let half = rows.num_rows() / 2;
        let parts = [
            vec![rows.slice(0, half)],
            vec![rows.slice(half, rows.num_rows() - half)],
        ];
        let merged = testing::fold_parts::<Observe>(|| params(&checks()), &parts).unwrap();
        let merged = Validate::assess(params(&checks()), merged).unwrap();
        for found in judged.findings.iter().chain(&merged.findings) {
            let Some(wanted) = of_numpy(edge, found) else {
                continue;
            };
            let observed = number(&found.details["observed_value"]);
            match (number(wanted), observed) {
                (Some(wanted), Some(observed)) if wanted.is_finite() => {
                    // Rounding is as large as the values are, not as what they add up to.
                    let scale = wanted
                        .abs()
                        .max(if largest.is_finite() { largest } else { 0.0 });
                    let near = (observed - wanted).abs() <= 1e-14 * scale;
                    assert!(near, "{name} {}: {observed}, not {wanted}", found.check);
                }
                // Infinite, or nothing: numpy has NaN for the deviations of infinite values.
                (wanted, observed) => {
                    let observed = observed.filter(|observed| !observed.is_nan());
                    assert_eq!(observed, wanted, "{name} {}", found.check);
                }
            }
        }
        let nulls = judged
            .findings
            .iter()
            .find(|found| found.check == "not_null")
            .unwrap();
        assert_eq!(nulls.details["unexpected_count"], edge["nulls"], "{name}");
    }
}

#[test]
fn whole_numbers_add_up_exactly() {
    let expected = expected();
    assert_eq!(expected["edges"]["cancelling"]["sum"], json!(2.0));
    let x: ArrayRef = Arc::new(Float64Array::from(vec![1e16, 1.0, -1e16, 1.0]));
    let found = outcome(
        r#"{"columns": {"x": {"sum_between": {"min": 0}}}}"#,
        &table([("x", x)]),
    );
    assert_eq!(found.findings[1].details["observed_value"], json!(2));
}
