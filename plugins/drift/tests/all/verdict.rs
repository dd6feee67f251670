//! What counts as drift, and what follows.

use arrow_array::ArrayRef;
use mlhost_plugin::{Outcome, Verdict};

use crate::{compare, floats, messages, metric, texts};

fn up_to(end: i32, shift: f64) -> ArrayRef {
    floats((0..end).map(|i| f64::from(i) + shift).collect::<Vec<_>>())
}

const PSI: &str = r#"{ "method": "psi" }"#;

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
    let outcome = moved(PSI);
    assert_eq!(outcome.verdict, Verdict::Warned);
    assert_eq!(outcome.summary, "2 of 3 columns have drifted: c, b");
    assert_eq!(metric(&outcome, "columns_drifted"), 2.0);
    assert_eq!(metric(&outcome, "share_drifted"), 2.0 / 3.0);
    assert_eq!(
        messages(&outcome),
        [
            "- dataset_drift not passed: the share of columns that have drifted 0.6667 is not below 0.5",
            "a psi passed: the population stability index 0.0000 does not exceed 0.1",
            "b psi not passed: the population stability index 0.8622 exceeds 0.1",
            "c psi not passed: the population stability index 8.2831 exceeds 0.1",
        ]
    );
}

#[test]
fn the_threshold_decides() {
    let outcome = moved(r#"{ "method": "psi", "threshold": 2 }"#);
    assert_eq!(outcome.summary, "1 of 3 columns has drifted: c");
    assert_eq!(outcome.findings[1].details["threshold_from"], "parameter");
}

#[test]
fn the_index_is_drawn_with_the_threshold_that_judges_every_column() {
    let threshold = |json| moved(json).figures[0].data["threshold"].as_f64();
    assert_eq!(
        threshold(r#"{ "method": "psi", "threshold": 2 }"#),
        Some(2.0)
    );
    assert_eq!(threshold(PSI), Some(0.1));
    // Another method judges, or another threshold holds for a column.
    assert_eq!(threshold(r#"{ "method": "ks" }"#), None);
    let own = r#"{ "method": "psi", "column": { "a": { "threshold": 0.5 } } }"#;
    assert_eq!(threshold(own), None);
}

#[test]
fn too_large_a_share_fails() {
    let outcome = moved(r#"{ "method": "psi", "max_share_drifted": 0.5 }"#);
    assert_eq!(outcome.verdict, Verdict::Failed);
    assert_eq!(
        messages(&outcome)[1],
        "- share_drifted not passed: the share of columns that have drifted 0.6667 exceeds 0.5"
    );
    assert_eq!(
        moved(r#"{ "method": "psi", "max_share_drifted": 0.7 }"#).verdict,
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

#[test]
fn columns_count_as_much_as_their_weights_say() {
    // `c` alone counts for anything; a negative importance counts for nothing.
    let json =
        r#"{ "method": "psi", "threshold": 2, "weights": { "b": 0.25, "c": 0.75, "a": -3 } }"#;
    let outcome = moved(json);
    assert_eq!(metric(&outcome, "share_drifted"), 1.0 / 3.0);
    assert_eq!(metric(&outcome, "weighted_share_drifted"), 0.75);
    assert_eq!(
        messages(&outcome)[0],
        "- dataset_drift not passed: the share of columns that have drifted, by their weights, \
         0.7500 is not below 0.5"
    );
}

#[test]
fn columns_without_a_weight_are_told() {
    let all = moved(r#"{ "method": "psi", "weights": { "a": 1, "b": 1, "c": 2 } }"#);
    assert_eq!(
        all.summary,
        "2 of 3 columns have drifted: c, b; by their weights a share of 0.7500"
    );
    // `c`, which has drifted most, was not measured.
    let some = moved(r#"{ "method": "psi", "weights": { "a": 3, "b": 1 } }"#);
    assert_eq!(
        some.summary,
        "2 of 3 columns have drifted: c, b; by the weights of 2 columns a share of 0.2500, with 1 left \
         out that have none"
    );
    assert_eq!(
        messages(&some)[0],
        "- dataset_drift passed: the share of columns that have drifted, by the weights of 2 columns \
         (1 without a weight left out), 0.2500 is below 0.5"
    );
    let details = &some.findings[0].details;
    assert_eq!(
        (
            &details["columns_with_weight"],
            &details["columns_without_weight"]
        ),
        (&2.into(), &1.into())
    );
}

#[test]
fn numbers_and_texts_have_methods_of_their_own() {
    let sides = || {
        vec![
            ("a", up_to(100, 0.0)),
            (
                "b",
                texts(["x", "y", "y", "z"].into_iter().cycle().take(100)),
            ),
            ("c", up_to(100, 0.0)),
        ]
    };
    let json = r#"{
        "method_numbers": "ks", "threshold_numbers": 0.01,
        "method_texts": "hellinger", "threshold_texts": 0.3,
        "column": { "c": { "method": "psi" } }
    }"#;
    let outcome = compare(json, sides(), sides()).unwrap();
    assert_eq!(
        messages(&outcome)[1..],
        [
            "a ks passed: the p-value of the Kolmogorov–Smirnov test 1.0000 is not below 0.01",
            "b hellinger passed: the Hellinger distance 0.0000 does not exceed 0.3",
            "c psi passed: the population stability index 0.0000 does not exceed 0.1",
        ]
    );
    let one = compare(
        r#"{ "method": "psi", "method_numbers": "wasserstein" }"#,
        sides(),
        sides(),
    );
    let checks: Vec<_> = one
        .unwrap()
        .findings
        .into_iter()
        .map(|one| one.check)
        .collect();
    assert_eq!(checks[1..], ["wasserstein", "psi", "wasserstein"]);
}

#[test]
fn prediction_and_target_are_told_apart_from_inputs() {
    let before = || {
        vec![
            ("a", up_to(100, 0.0)),
            ("prediction", up_to(100, 0.0)),
            ("delay", up_to(100, 0.0)),
        ]
    };
    let json = r#"{ "columns": ["a"], "prediction": "prediction", "target": "delay" }"#;
    let now = vec![("a", up_to(100, 0.0)), ("prediction", up_to(100, 90.0))];
    let outcome = compare(json, before(), now).unwrap();
    assert_eq!(
        outcome.summary,
        "the one column has not drifted; the prediction `prediction` has drifted; drift of the \
         target `delay` is unknown: the current data is without it"
    );
    assert_eq!(outcome.verdict, Verdict::Warned);
    assert_eq!(
        messages(&outcome),
        [
            "- dataset_drift passed: the share of columns that have drifted 0.0000 is below 0.5",
            "prediction prediction_drift not passed: the p-value of the Kolmogorov–Smirnov test \
             2.0e-50 is below 0.05",
            "delay target_drift passed: whether the target has drifted is unknown: the current \
             data is without it",
            "a ks passed: the p-value of the Kolmogorov–Smirnov test 1.0000 is not below 0.05",
        ]
    );
}

/// Serving rows may have the column of what came true, and nothing in it yet.
#[test]
fn a_target_without_values_is_unknown() {
    let sides = || vec![("a", up_to(100, 0.0)), ("delay", up_to(100, 0.0))];
    let json = r#"{ "method": "psi", "target": "delay" }"#;
    let mut now = sides();
    now[1].1 = floats(arrow_array::Float64Array::new_null(100));
    let outcome = compare(json, sides(), now).unwrap();
    assert!(outcome.passed());
    assert_eq!(metric(&outcome, "share_drifted"), 0.0);
    assert_eq!(outcome.findings.len(), 3);
    assert_eq!(
        compare(json, sides(), sides()).unwrap().summary,
        "the one column has not drifted; the target `delay` has not drifted"
    );
}

#[test]
fn missing_values_and_new_categories_are_warned_of() {
    let before = vec![
        ("a", floats(vec![1.0, 2.0, 3.0, 4.0])),
        ("b", texts(["x", "y", "x", "y"])),
    ];
    let now = vec![
        ("a", floats(vec![Some(1.0), None, Some(3.0), None])),
        ("b", texts(["x", "z", "w", "z"])),
    ];
    let outcome = compare("{}", before, now).unwrap();
    assert_eq!(metric(&outcome, "new_category_share b"), 0.75);
    let messages = messages(&outcome);
    assert!(messages.contains(
        &"a missing_share not passed: the share of rows without a value has gone from 0.0000 to \
          0.5000, by more than 0.1"
            .to_owned()
    ));
    assert!(messages.contains(
        &"b new_categories not passed: a share of 0.7500 of the values are categories that the \
          reference does not have, more than 0.05"
            .to_owned()
    ));
    let found = outcome
        .findings
        .iter()
        .find(|finding| finding.check == "new_categories");
    let listed = &found.unwrap().details["most_frequent"];
    assert_eq!(
        *listed,
        serde_json::json!([{ "category": "z", "count": 2 }, { "category": "w", "count": 1 }])
    );
}

#[test]
fn columns_that_drifted_most_are_drawn() {
    let outcome = moved(PSI);
    let names: Vec<_> = outcome
        .figures
        .iter()
        .map(|figure| figure.name.as_str())
        .collect();
    assert_eq!(names, ["psi", "histogram_1", "histogram_2"]);
    let data = &outcome.figures[1].data;
    assert_eq!(
        (&data["x_label"], &data["y_label"]),
        (&"c".into(), &"share of the values".into())
    );
    let bars = data["x"].as_array().unwrap().len();
    for side in [0, 1] {
        let values = data["series"][side]["values"].as_array().unwrap();
        assert_eq!(values.len(), bars);
        let total: f64 = values.iter().filter_map(serde_json::Value::as_f64).sum();
        assert!((total - 1.0).abs() < 1e-12);
    }
}
