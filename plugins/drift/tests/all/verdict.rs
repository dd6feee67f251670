//! What counts as drift, and what follows.

use arrow_array::ArrayRef;
use mlhost_plugin::{Outcome, Verdict};

use crate::{compare, floats, messages, metric};

fn up_to(end: i32, shift: f64) -> ArrayRef {
    floats((0..end).map(|i| f64::from(i) + shift).collect::<Vec<_>>())
}

/// Of three columns, `b` moves a little and `c` moves altogether.
fn moved(json: &str) -> Outcome {
    let before = vec![
        ("a", up_to(100, 0.0)),
        ("b", up_to(100, 0.0)),
        ("c", up_to(100, 0.0)),
    ];
    let now = vec![
        ("a", up_to(100, 0.0)),
        ("b", up_to(100, 15.0)),
        ("c", up_to(100, 1000.0)),
    ];
    compare(json, before, now).unwrap()
}

#[test]
fn drift_is_a_warning() {
    let outcome = moved("{}");
    assert_eq!(outcome.verdict, Verdict::Warned);
    assert_eq!(outcome.summary, "2 of 3 columns have drifted: c, b");
    assert_eq!(metric(&outcome, "columns_drifted"), 2.0);
    assert_eq!(metric(&outcome, "share_drifted"), 2.0 / 3.0);
    assert_eq!(
        messages(&outcome),
        [
            "a psi passed: the population stability index 0.0000 does not exceed 0.2",
            "b psi not passed: the population stability index 0.8622 exceeds 0.2",
            "c psi not passed: the population stability index 8.2831 exceeds 0.2",
        ]
    );
}

#[test]
fn the_threshold_decides() {
    let outcome = moved(r#"{ "threshold": 2 }"#);
    assert_eq!(outcome.summary, "1 of 3 columns has drifted: c");
    assert_eq!(outcome.findings[0].details["threshold_from"], "parameter");
}

#[test]
fn too_large_a_share_fails() {
    let outcome = moved(r#"{ "max_share_drifted": 0.5 }"#);
    assert_eq!(outcome.verdict, Verdict::Failed);
    assert_eq!(
        messages(&outcome)[0],
        "- share_drifted not passed: the share of columns that have drifted, 0.6667, exceeds 0.5"
    );
    assert_eq!(
        moved(r#"{ "max_share_drifted": 0.7 }"#).verdict,
        Verdict::Warned
    );
}

#[test]
fn bars_show_the_index_of_every_column_in_descending_order() {
    let figure = &moved("{}").figures[0];
    assert_eq!(
        (figure.name.as_str(), figure.kind.as_str()),
        ("psi", "bars")
    );
    assert_eq!(figure.data["x"], serde_json::json!(["c", "b", "a"]));
    let values = figure.data["series"][0]["values"].as_array().unwrap();
    assert!(values.is_sorted_by(|left, right| left.as_f64() >= right.as_f64()));
}

#[test]
fn no_rows_are_a_warning() {
    let none = || vec![("a", up_to(0, 0.0))];
    let some = || vec![("a", up_to(3, 0.0))];
    let outcome = compare("{}", some(), none()).unwrap();
    assert_eq!(outcome.verdict, Verdict::Warned);
    assert_eq!(
        outcome.summary,
        "the current data has no rows, so that there is nothing to compare"
    );
    let outcome = compare("{}", none(), some()).unwrap();
    assert!(outcome.summary.starts_with("the reference has no rows"));
}
