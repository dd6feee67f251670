//! The package through its public face.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use mlhost_plugin::{Fold, Outcome, Validator, testing};
use mlhost_profile::{KEPT, Params, Profile, Profiler};
use serde_json::json;

#[test]
fn the_readme_has_the_parameters() {
    let folder = env!("CARGO_MANIFEST_DIR");
    testing::readme_has_parameters::<Params>(folder).unwrap();
}

fn params(json: &str) -> Params {
    serde_json::from_str(json).unwrap()
}

fn rows() -> RecordBatch {
    let columns: [(&str, ArrayRef); 5] = [
        (
            "n",
            Arc::new(Int64Array::from(vec![Some(1), Some(2), None, Some(4)])),
        ),
        (
            "x",
            Arc::new(Float64Array::from(vec![2.0, f64::NAN, 5.0, 8.0])),
        ),
        (
            "t",
            Arc::new(StringArray::from(vec![
                Some("b"),
                Some("ää"),
                Some("b"),
                None,
            ])),
        ),
        (
            "ok",
            Arc::new(BooleanArray::from(vec![
                Some(true),
                None,
                Some(true),
                Some(false),
            ])),
        ),
        (
            "day",
            Arc::new(Date32Array::from(vec![Some(0), Some(15_887), None, None])),
        ),
    ];
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn outcome(json: &str, parts: &[Vec<RecordBatch>]) -> Outcome {
    let seen = testing::fold_parts::<Profiler>(|| params(json), parts).unwrap();
    Profile::assess(params(json), seen).unwrap()
}

#[test]
fn every_column_is_described() {
    let outcome = outcome("{}", &[vec![rows()]]);
    assert!(outcome.passed());
    assert_eq!(outcome.summary, "4 rows of 5 columns");
    let messages: Vec<&str> = outcome
        .findings
        .iter()
        .map(|found| found.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "integer; 1 null (25 %), 3 different values, from 1 to 4 with a mean of 2.33333",
            "float; 1 null (25 %), 3 different values, from 2 to 8 with a mean of 5",
            "string; 1 null (25 %), 2 different values, most often `b` (66.67 %)",
            "boolean; 1 null (25 %), 2 different values, most often `true` (66.67 %)",
            "date; 2 nulls (50 %), 2 different values, from 1970-01-01 to 2013-07-01",
        ]
    );
    let details = &outcome.findings[1].details;
    assert_eq!(details["stdev"], json!(3));
    assert_eq!(details["quantiles"]["0.25"], json!(3.5));
    assert_eq!(details["top"][0], json!({"value": 2, "count": 1}));
    let counts = details["histogram"]["counts"].as_array().unwrap();
    assert_eq!(
        (counts.len(), counts[0].clone(), counts[19].clone()),
        (20, json!(1), json!(1))
    );
    assert_eq!(
        outcome.findings[2].details["length"],
        json!({"min": 1.0, "max": 2.0, "mean": 4.0 / 3.0})
    );
    let correlations = outcome
        .figures
        .iter()
        .find(|figure| figure.name == "correlations")
        .unwrap();
    assert_eq!(correlations.data["columns"], json!(["column", "n", "x"]));
    assert_eq!(correlations.data["rows"], json!([["n", 1, 1], ["x", 1, 1]]));
    let histogram = outcome
        .figures
        .iter()
        .find(|figure| figure.name == "histogram_x")
        .unwrap();
    assert_eq!(histogram.data["edges"], details["histogram"]["edges"]);
    assert_eq!(histogram.data["x"].as_array().unwrap().len(), 20);
    let labels = (&histogram.data["x_label"], &histogram.data["y_label"]);
    assert_eq!(labels, (&json!("x"), &json!("rows")));
}

#[test]
fn parts_are_described_as_the_whole() {
    let whole = rows();
    let at_once = outcome("{}", &[vec![whole.clone()]]);
    let in_parts = outcome(
        "{}",
        &[
            vec![whole.slice(0, 1)],
            vec![],
            vec![whole.slice(1, 2), whole.slice(3, 1)],
        ],
    );
    for (once, parts) in at_once.findings.iter().zip(&in_parts.findings) {
        assert_eq!(once.message, parts.message);
        // Means and correlations are equal up to rounding.
        for name in [
            "nulls",
            "distinct",
            "min",
            "max",
            "quantiles",
            "histogram",
            "top",
        ] {
            assert_eq!(once.details.get(name), parts.details.get(name), "{name}");
        }
    }
}

#[test]
fn columns_can_be_named_and_nothing_else_is_read() {
    let fold = Profiler::open(params(r#"{"columns": ["t", "n"]}"#), &rows().schema()).unwrap();
    assert_eq!(fold.columns(), ["t", "n"]);
    for (json, message) in [
        (
            r#"{"columns": ["m"]}"#,
            "there is no column `m` in the input; did you mean `n`? (at /columns/0)",
        ),
        (
            r#"{"bins": 0}"#,
            "a histogram has from 1 to 1000 intervals (at /bins)",
        ),
    ] {
        let refused = Profiler::open(params(json), &rows().schema())
            .map(|_| ())
            .unwrap_err();
        assert_eq!(refused.to_string(), message);
    }
}

#[test]
fn columns_without_values_have_no_statistics() {
    let x: ArrayRef = Arc::new(Float64Array::from(vec![None, Some(f64::NAN)]));
    let empty = RecordBatch::try_from_iter([("x", x)]).unwrap();
    let found = outcome("{}", &[vec![empty]]).findings.remove(0);
    assert_eq!(found.message, "float; 2 nulls (100 %), 0 different values");
    assert_eq!(found.details["mean"], json!(null));
    assert!(!found.details.contains_key("histogram"));
}

#[test]
fn the_most_frequent_of_many_texts_are_found_within_the_error_that_is_told() {
    let texts = (0..100_000).map(|row| {
        if row % 10 == 0 {
            "often".to_owned()
        } else {
            format!("{row}")
        }
    });
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
    let whole = RecordBatch::try_from_iter([("t", texts)]).unwrap();
    let parts: Vec<_> = (0..4)
        .map(|part| vec![whole.slice(part * 25_000, 25_000)])
        .collect();
    let found = outcome("{}", &parts).findings.remove(0);
    let top = &found.details["top"][0];
    assert_eq!(top["value"], "often");
    let (count, error) = (
        top["count"].as_u64().unwrap(),
        found.details["top_error"].as_u64().unwrap(),
    );
    assert!(
        count <= 10_000 && 10_000 <= count + error,
        "{count} {error}"
    );
    assert!(error <= 100_000 / KEPT as u64 + 1, "{error}");
}

#[test]
fn dates_and_times_are_written_as_such() {
    let day: ArrayRef = Arc::new(Date32Array::from(vec![15_887, 15_887, 15_888, 15_889]));
    let microseconds = [0, 1_709_280_000_123_457, 0, 1];
    let at: ArrayRef = Arc::new(TimestampMicrosecondArray::from(microseconds.to_vec()));
    let batch = RecordBatch::try_from_iter([("day", day), ("at", at)]).unwrap();
    let outcome = outcome(r#"{"bins": 2}"#, &[vec![batch]]);
    let [day, at] = [&outcome.findings[0].details, &outcome.findings[1].details];
    assert_eq!(
        (&day["min"], &day["max"]),
        (&json!("2013-07-01"), &json!("2013-07-03"))
    );
    assert_eq!(day["mean"], "2013-07-01T18:00:00Z");
    // Of 0, 0, 1 and 2 days, in seconds.
    let stdev = (11.0_f64 / 12.0).sqrt() * 86_400.0;
    assert!((day["stdev"].as_f64().unwrap() - stdev).abs() < 1e-6);
    assert_eq!(day["quantiles"]["0.5"], "2013-07-01T12:00:00Z");
    assert_eq!(day["top"][0], json!({"value": "2013-07-01", "count": 2}));
    assert_eq!(
        day["histogram"],
        json!({"edges": ["2013-07-01", "2013-07-02", "2013-07-03"], "counts": [2, 2]})
    );
    assert_eq!(at["max"], "2024-03-01T08:00:00.123457Z");
}

#[test]
fn long_texts_that_begin_alike_are_different() {
    let long = |end: &str| format!("{}{end}", "ä".repeat(120));
    let texts = [
        long("a"),
        long("b"),
        long("b"),
        long(""),
        "short".to_owned(),
    ];
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
    let whole = RecordBatch::try_from_iter([("t", texts)]).unwrap();
    let parts = [vec![whole.slice(0, 2)], vec![whole.slice(2, 3)]];
    let found = outcome("{}", &parts).findings.remove(0);
    let top = found.details["top"].as_array().unwrap();
    let beginning = format!("{}…", "ä".repeat(100));
    assert_eq!(top[0], json!({"value": beginning, "count": 2, "cut": true}));
    assert_eq!(top.len(), 4);
    assert_eq!(top[1], json!({"value": "short", "count": 1}));
    assert!(found.message.ends_with("ä…` (40 %)"), "{}", found.message);
}
