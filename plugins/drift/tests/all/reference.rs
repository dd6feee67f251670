//! Every statistic against numpy, scipy and Evidently on made-up columns:
//! tests/reference/drift/expected.json, which make.py beside it has made.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray};
use mlhost_plugin::Outcome;
use mlhost_statistics::drift::chi_squared_survival;
use serde_json::{Value, json};

use crate::compare;

const EXPECTED: &str = include_str!("../../../../tests/reference/drift/expected.json");

/// Of the value; where that is nearly nothing, of 1e-3.
const TOLERANCE: f64 = 1e-9;

fn all_expected() -> Value {
    serde_json::from_str(EXPECTED).unwrap()
}

fn expected(part: &str) -> Vec<Value> {
    all_expected()[part].as_array().unwrap().clone()
}

/// A column of JSON: null is missing, and texts that are infinities are numbers.
fn column(values: &Value) -> ArrayRef {
    let values = values.as_array().unwrap();
    let number = |value: &Value| match value.as_str() {
        Some(text) => text.parse::<f64>().ok(),
        None => value.as_f64(),
    };
    let is_text = values
        .iter()
        .any(|value| value.is_string() && number(value).is_none());
    if is_text {
        let texts = values.iter().map(Value::as_str);
        Arc::new(StringArray::from_iter(texts))
    } else {
        Arc::new(Float64Array::from_iter(values.iter().map(number)))
    }
}

/// The outcome with this method, `None` where it is not for such a column.
fn judged(case: &Value, params: &Value) -> Option<Outcome> {
    let (before, now) = (column(&case["reference"]), column(&case["current"]));
    compare(&params.to_string(), vec![("x", before)], vec![("x", now)]).ok()
}

/// A number of an outcome: a metric of the column, or a detail of its finding.
fn found(outcome: &Outcome, name: &str) -> Option<f64> {
    let metric = outcome.metrics.iter().find(|metric| metric.name == name);
    let finding = outcome
        .findings
        .iter()
        .find(|finding| finding.column.is_some());
    let detail = || finding?.details.get(name)?.as_f64();
    metric.map(|metric| metric.value).or_else(detail)
}

/// What is compared: the parameters, the number of the outcome, and that of the reference.
fn comparisons() -> Vec<(Value, &'static str, &'static str)> {
    let method = |name: &str| json!({ "method": name });
    vec![
        (method("psi"), "psi", "psi"),
        (
            json!({ "method": "psi", "binning": "equal_width" }),
            "psi",
            "psi_equal_width",
        ),
        (method("ks"), "ks", "ks"),
        (method("ks"), "ks_p_value", "ks_p_value"),
        (method("wasserstein"), "wasserstein", "wasserstein_normed"),
        (method("wasserstein"), "distance", "wasserstein"),
        (method("jensen_shannon"), "jensen_shannon", "jensen_shannon"),
        (
            json!({ "method": "jensen_shannon", "jensen_shannon_base": "2" }),
            "jensen_shannon",
            "jensen_shannon_2",
        ),
        (method("hellinger"), "hellinger", "hellinger"),
        (method("l_infinity"), "l_infinity", "l_infinity"),
        (method("chi_squared"), "statistic", "chi_squared"),
        (
            method("chi_squared"),
            "chi_squared_p_value",
            "chi_squared_p_value",
        ),
        (method("z_test"), "statistic", "z"),
        (method("z_test"), "z_test_p_value", "z_test_p_value"),
        (method("psi"), "new_category_share", "new_category_share"),
    ]
}

#[test]
fn every_statistic_is_that_of_numpy_and_scipy() {
    let mut compared = 0;
    for case in expected("made_up") {
        let name = case["name"].as_str().unwrap();
        for (params, ours, theirs) in comparisons() {
            // Equal widths are for those columns alone that are not compared value by value.
            let few = case["different"]
                .as_u64()
                .is_some_and(|different| different <= 20);
            if theirs == "psi_equal_width" && few {
                continue;
            }
            let Some(expected) = case[theirs].as_f64() else {
                continue;
            };
            let outcome = judged(&case, &params).unwrap();
            let found = found(&outcome, ours).unwrap();
            close(&format!("{theirs} of {name}"), found, expected);
            compared += 1;
        }
    }
    assert!(compared > 160, "{compared}");
}

/// Where its definition is adopted: see plugins/drift/README.md for where it is not.
#[test]
fn adopted_definitions_give_what_evidently_does() {
    let mut compared = 0;
    for case in expected("made_up")
        .iter()
        .filter(|case| case["evidently"].is_object())
    {
        for (name, expected) in case["evidently"].as_object().unwrap() {
            let metric = name.strip_suffix("_normed").unwrap_or(name);
            let method = metric.strip_suffix("_p_value").unwrap_or(metric);
            let outcome = judged(case, &json!({ "method": method })).unwrap();
            let found = found(&outcome, metric).unwrap();
            let what = format!("Evidently's {name} of {}", case["name"]);
            close(&what, found, expected.as_f64().unwrap());
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared}");
}

#[test]
fn bins_may_be_given() {
    let made_up = expected("made_up");
    for case in expected("given_edges") {
        let sides = made_up
            .iter()
            .find(|one| one["name"] == case["name"])
            .unwrap();
        for (method, ours, theirs) in [
            ("psi", "psi", "psi"),
            ("jensen_shannon", "jensen_shannon", "jensen_shannon"),
            ("hellinger", "hellinger", "hellinger"),
            ("chi_squared", "statistic", "chi_squared"),
        ] {
            let params = json!({ "column": { "x": { "method": method, "edges": case["edges"] } } });
            let outcome = judged(sides, &params).unwrap();
            let what = format!("{theirs} of {} between edges", case["name"]);
            close(
                &what,
                found(&outcome, ours).unwrap(),
                case[theirs].as_f64().unwrap(),
            );
        }
    }
}

/// Beyond the values that are counted exactly, within the bounds that are told.
#[test]
fn of_very_many_values_the_error_is_as_told() {
    let expected = &all_expected()["sketched"];
    let expected = |name: &str| expected[name].as_f64().unwrap();
    let made = |count: u64, factor: u64, modulus: u64, by: f64, more: f64| -> ArrayRef {
        let values = (0..count).map(|i| (i * factor % modulus) as f64 / by + more);
        Arc::new(Float64Array::from_iter_values(values))
    };
    let reference = made(80_000, 7919, 100_003, 97.0, 0.0);
    let current = made(70_000, 104_729, 99_991, 89.0, 3.0);
    let of = |params: Value| {
        let sides = (vec![("x", reference.clone())], vec![("x", current.clone())]);
        compare(&params.to_string(), sides.0, sides.1).unwrap()
    };
    let outcome = of(json!({ "method": "wasserstein" }));
    let told = |name: &str| found(&outcome, name).unwrap();
    let (ks, too_small_by) = (told("ks"), told("ks_too_small_by"));
    assert!(too_small_by > 0.0 && too_small_by < 0.01, "{too_small_by}");
    assert!(ks <= expected("ks") + 1e-12, "{ks}");
    assert!(expected("ks") <= ks + too_small_by, "{ks} {too_small_by}");
    let (distance, error) = (told("distance"), told("distance_error"));
    assert!(error > 0.0 && error < 2.0, "{error}");
    let off = (distance - expected("wasserstein")).abs();
    assert!(
        off <= error,
        "{distance} is off by {off}, and not by {error}"
    );
    // Of shares whose edges are off by a thousandth.
    let index = told("psi");
    let off = (index - expected("quantile_psi")).abs();
    assert!(off <= 0.02 * expected("quantile_psi").max(0.01), "{index}");
    let outcome =
        of(json!({ "column": { "x": { "method": "psi", "edges": [200.0, 500.0, 900.0] } } }));
    let index = found(&outcome, "psi").unwrap();
    assert!(
        (index - expected("psi")).abs() <= 0.02 * expected("psi").max(0.01),
        "{index}"
    );
}

#[test]
fn tails_of_the_chi_squared_distribution_are_those_of_scipy() {
    for case in expected("tails") {
        let degrees = case["degrees"].as_u64().unwrap();
        let found = chi_squared_survival(degrees, case["statistic"].as_f64().unwrap());
        let expected = case["p_value"].as_f64().unwrap();
        assert!(
            (found / expected - 1.0).abs() <= 1e-10,
            "{case}: found {found:e}"
        );
    }
}

#[test]
fn columns_without_values_have_no_statistics() {
    for case in expected("made_up") {
        let empty = |side: &str| {
            let values = case[side].as_array().unwrap();
            values.iter().all(Value::is_null)
        };
        if !empty("reference") && !empty("current") {
            continue;
        }
        let outcome = judged(&case, &json!({ "method": "psi" })).unwrap();
        assert_eq!(found(&outcome, "psi"), None);
        assert!(outcome.findings.iter().any(|finding| !finding.passed));
    }
}

#[test]
fn default_methods_are_evidentlys() {
    for case in expected("default_methods") {
        let (rows, different) = (&case["rows"], &case["different"]);
        let (rows, different) = (rows.as_u64().unwrap(), different.as_u64().unwrap());
        let values = (0..rows).map(|row| row % different);
        let values: ArrayRef = match case["numeric"].as_bool() {
            Some(true) => Arc::new(Float64Array::from_iter_values(
                values.map(|value| value as f64),
            )),
            _ => Arc::new(StringArray::from_iter_values(
                values.map(|value| value.to_string()),
            )),
        };
        let sides = || vec![("x", values.clone())];
        let outcome = compare("{}", sides(), sides()).unwrap();
        let finding = outcome
            .findings
            .iter()
            .find(|finding| finding.column.is_some());
        let finding = finding.unwrap();
        let ours = match case["method"].as_str().unwrap() {
            "z" => "z_test",
            "chisquare" => "chi_squared",
            "jensenshannon" => "jensen_shannon",
            same => same,
        };
        assert_eq!(finding.check, ours, "{case}");
        assert_eq!(finding.details["threshold"], case["threshold"], "{case}");
    }
}

#[track_caller]
fn close(what: &str, found: f64, expected: f64) {
    let allowed = TOLERANCE * expected.abs().max(1e-3);
    assert!(
        (found - expected).abs() <= allowed,
        "{what}: expected {expected:e}, found {found:e}"
    );
}
