//! The statistics against pandas, numpy 2 and scipy 1.17.

use arrow_array::{ArrayRef, Float64Array, StringArray};
use serde_json::json;
use std::sync::Arc;

use crate::{booleans, compare, floats, metric, texts};

fn reference() -> ArrayRef {
    floats((0..200).map(|i| f64::from(i * i % 37)).collect::<Vec<_>>())
}

fn current() -> ArrayRef {
    let values = (0..150).map(|i| Some(f64::from(i * i % 41 + 3)));
    let missing = [None, Some(f64::NAN)];
    floats(Float64Array::from_iter(values.chain(missing)))
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64) {
    let close = (found - expected).abs() <= tolerance * expected;
    assert!(close, "found {found}, expected {expected}");
}

#[test]
fn numbers_get_the_kolmogorov_smirnov_test() {
    let outcome = compare("{}", vec![("x", reference())], vec![("x", current())]).unwrap();
    // ks_2samp(r, c, method="asymp")
    assert_close(metric(&outcome, "ks x"), 0.2416666666666667, 1e-12);
    let p_value = &outcome.findings[1].details["ks_p_value"];
    assert_close(p_value.as_f64().unwrap(), 6.613920193061104e-05, 1e-9);
}

#[test]
fn texts_are_compared_over_their_categories() {
    let before = texts("aaaabbbccd".split("").filter(|text| !text.is_empty()));
    let now = "aabbbbeee"
        .split("")
        .filter(|text| !text.is_empty())
        .map(Some);
    let now = Arc::new(StringArray::from_iter(now.chain([None])));
    let outcome = compare("{}", vec![("x", before)], vec![("x", now)]).unwrap();
    assert_close(metric(&outcome, "psi x"), 5.073871567703346, 1e-12);
    assert_eq!(
        outcome.findings[1].details["moved_most"][0],
        json!({ "category": "e", "reference_share": 0.0, "current_share": 0.3333 })
    );
}

#[test]
fn booleans_are_categories() {
    let half = booleans([vec![true; 5], vec![false; 5]].concat());
    let most = booleans([vec![true; 9], vec![false; 1]].concat());
    let outcome = compare("{}", vec![("x", half)], vec![("x", most)]).unwrap();
    // 0.4 ln(0.9 / 0.5) - 0.4 ln(0.1 / 0.5)
    assert_close(metric(&outcome, "psi x"), 0.4 * 9_f64.ln(), 1e-12);
}

#[test]
fn equal_data_has_not_moved() {
    let columns = || vec![("x", reference()), ("y", texts(["a"; 200]))];
    let outcome = compare("{}", columns(), columns()).unwrap();
    assert_eq!(metric(&outcome, "psi x"), 0.0);
    assert_eq!(metric(&outcome, "ks x"), 0.0);
    assert_eq!(metric(&outcome, "psi y"), 0.0);
    assert!(outcome.passed());
}

#[test]
fn missing_values_are_left_out_and_their_share_is_told() {
    let outcome = compare("{}", vec![("x", reference())], vec![("x", current())]).unwrap();
    assert_eq!(metric(&outcome, "missing_share x reference"), 0.0);
    assert_eq!(metric(&outcome, "missing_share x current"), 2.0 / 152.0);
    assert_eq!(outcome.findings[1].details["n_cur"], 150);
}

#[test]
fn details_tell_how_the_index_was_made() {
    let json = r#"{ "method": "psi" }"#;
    let outcome = compare(json, vec![("x", reference())], vec![("x", current())]).unwrap();
    let details = &outcome.findings[1].details;
    assert_eq!(details["method"], "population stability index");
    assert_eq!(details["edges_from"], "values of either side");
    assert_eq!(details["zero_rule"], "shares below 0.0001 are raised to it");
    assert_eq!(details["logarithm"], "natural");
    assert_eq!(details["threshold"], 0.1);
    assert_eq!(details["threshold_from"], "default, as Evidently's");
    assert_eq!(
        (&details["n_ref"], &details["n_cur"]),
        (&json!(200), &json!(150))
    );
    let bins = details["reference_shares"].as_array().unwrap().len();
    assert_eq!(details["edges"].as_array().unwrap().len() + 1, bins);
}
