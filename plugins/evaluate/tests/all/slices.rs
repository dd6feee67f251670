//! Scores of slices: of which rows, and how many there may be.

use arrow_array::StringArray;
use mlhost_plugin::{Better, RecordBatch, Verdict};
use serde_json::json;
use std::sync::Arc;

use crate::{batch, floats, metrics, score, texts};

fn rows() -> RecordBatch {
    batch(vec![
        ("y", floats(vec![1.0, 2.0, 3.0, 4.0, 5.0])),
        ("prediction", floats(vec![1.0, 2.0, 4.0, 2.0, 5.0])),
        (
            "carrier",
            Arc::new(StringArray::from(vec![
                Some("UA"),
                Some("UA"),
                None,
                Some("AA"),
                None,
            ])),
        ),
        ("origin", texts(["EWR", "JFK", "EWR", "JFK", "EWR"])),
    ])
}

#[test]
fn slices_have_the_scores_of_their_rows() {
    let json =
        r#"{ "target": "y", "by": ["carrier", ["carrier", "origin"]], "min_slice_rows": 2 }"#;
    let outcome = score(json, rows()).unwrap();
    let found = metrics(&outcome);
    for (name, value) in [
        ("mae", 0.6),
        ("mae carrier=UA", 0.0),
        ("mae carrier=AA", 2.0),
        ("mae carrier=null", 0.5),
        ("rows carrier=null", 2.0),
        ("max_error carrier=null origin=EWR", 1.0),
        ("rows carrier=UA origin=JFK", 1.0),
    ] {
        assert!(
            found.contains(&(name.to_owned(), value)),
            "{name}: {found:?}"
        );
    }
    let messages: Vec<_> = outcome
        .findings
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert_eq!(
        messages[1..],
        [
            "3 slices by carrier, the worst is null with rmse 0.7071 on 2 rows; 1 of fewer than 2 rows",
            "4 slices by carrier, origin, the worst is null, EWR with rmse 0.7071 on 2 rows; 3 of \
             fewer than 2 rows",
        ]
    );
    assert_eq!(outcome.findings[1].details["small"], json!(["AA"]));
    assert!(outcome.passed());
}

#[test]
fn slices_are_a_table_and_bars() {
    let json = r#"{ "target": "y", "by": ["origin"], "min_slice_rows": 3 }"#;
    let outcome = score(json, rows()).unwrap();
    let figure = |name: &str| outcome.figures.iter().find(|one| one.name == name).unwrap();
    let table = &figure("slices_origin").data;
    let first = |row: &serde_json::Value, count: usize| json!(row.as_array().unwrap()[..count]);
    assert_eq!(first(&table["columns"], 3), json!(["origin", "rows", "r2"]));
    assert_eq!(first(&table["rows"][1], 2), json!(["JFK", 2]));
    let last = |row: &serde_json::Value| row.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last(&table["rows"][0]), json!(""));
    assert_eq!(last(&table["rows"][1]), json!("few rows"));
    let bars = &figure("rmse_by_origin").data;
    assert_eq!(bars["x"], json!(["EWR", "JFK"]));
    assert_eq!(bars["y_label"], json!("rmse"));
}

#[test]
fn too_many_slices_are_given_up_with_a_warning() {
    let json = r#"{ "target": "y", "by": ["y", "origin"], "max_slices": 4 }"#;
    let outcome = score(json, rows()).unwrap();
    assert_eq!(outcome.verdict, Verdict::Warned);
    assert_eq!(
        outcome.findings[1].message,
        "there are more than 4 slices by y, and none was scored; `max_slices` allows more"
    );
    assert!(
        metrics(&outcome)
            .iter()
            .all(|(name, _)| !name.contains(" y="))
    );
    assert!(
        metrics(&outcome)
            .iter()
            .any(|(name, _)| name == "mae origin=JFK")
    );
}

#[test]
fn the_positive_class_is_that_of_all_rows() {
    let rows = batch(vec![
        ("y", texts(["no", "yes", "no", "no"])),
        ("prediction", texts(["no", "yes", "yes", "no"])),
        ("side", texts(["left", "left", "right", "right"])),
    ]);
    let json = r#"{ "target": "y", "positive": "yes", "by": ["side"] }"#;
    let outcome = score(json, rows).unwrap();
    let found = metrics(&outcome);
    assert!(found.contains(&("recall side=left".to_owned(), 1.0)));
    assert!(found.contains(&("precision side=right".to_owned(), 0.0)));
    assert!(found.contains(&("accuracy side=right".to_owned(), 0.5)));
}

#[test]
fn the_worst_slice_is_a_metric_that_gates_can_ask_for() {
    let json = r#"{ "target": "y", "by": ["carrier", "origin"], "min_slice_rows": 2 }"#;
    let outcome = score(json, rows()).unwrap();
    let worst = |name: &str| {
        let mut all = outcome.metrics.iter();
        let found = all.find(|metric| metric.name == name).unwrap();
        assert_eq!(found.labels, []);
        (found.value, found.better)
    };
    // AA has one row alone and does not count; JFK is next, with 0 and 2.
    assert_eq!(worst("mae_worst"), (1.0, Some(Better::Lower)));
    assert_eq!(worst("max_error_worst"), (2.0, Some(Better::Lower)));
    // Of JFK, 1 - 4 / 2.
    assert_eq!(worst("r2_worst"), (-1.0, Some(Better::Higher)));
    let none = score(r#"{ "target": "y" }"#, rows()).unwrap();
    let mut names = none.metrics.iter().map(|metric| &metric.name);
    assert!(names.all(|name| !name.ends_with("_worst")));
}
