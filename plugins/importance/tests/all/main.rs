//! The plugin as a host runs it: parameters from JSON, states through their bytes.

#![cfg(test)]

mod readme;

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray, UInt32Array};
use mlhost_importance::{Importance, PERMUTED, Params, Permutations, REPEAT};
use mlhost_plugin::{Error, Evaluator, Outcome, RecordBatch, Verdict, testing};

/// Rows as a host scores them: the column that is permuted, the repeat, the truth, the prediction.
type Rows<'a, T> = &'a [(Option<&'a str>, u32, Option<T>, Option<T>)];

fn batch<T: Copy>(rows: Rows<'_, T>, column: impl Fn(Vec<Option<T>>) -> ArrayRef) -> RecordBatch {
    let permuted = StringArray::from_iter(rows.iter().map(|row| row.0));
    let repeat = UInt32Array::from_iter_values(rows.iter().map(|row| row.1));
    let columns = [
        ("y", column(rows.iter().map(|row| row.2).collect()), true),
        (
            "prediction",
            column(rows.iter().map(|row| row.3).collect()),
            true,
        ),
        (PERMUTED, Arc::new(permuted) as ArrayRef, true),
        (REPEAT, Arc::new(repeat), false),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn numbers(rows: Rows<'_, f64>) -> RecordBatch {
    batch(rows, |values| Arc::new(Float64Array::from(values)))
}

fn texts(rows: Rows<'_, &'static str>) -> RecordBatch {
    batch(rows, |values| Arc::new(StringArray::from(values)))
}

fn params(json: &str) -> Params {
    testing::params(json).unwrap()
}

fn assess(json: &str, parts: &[Vec<RecordBatch>]) -> Result<Outcome, Error> {
    let state = testing::fold_parts::<Permutations>(|| params(json), parts)?;
    Importance::assess(params(json), vec![("model".to_owned(), state)])
}

#[track_caller]
fn metric(outcome: &Outcome, name: &str, column: &str) -> f64 {
    let found = outcome.metrics.iter().find(|metric| {
        let mut labels = metric.labels.iter();
        metric.name == name && labels.any(|(key, value)| key == "column" && value == column)
    });
    found.unwrap().value
}

/// A model that predicts a truth of -1 and 1 without an error; `x` permuted twice, and `z`, which
/// does not matter.
fn scored() -> RecordBatch {
    let right = [Some(-1.0), Some(1.0), Some(-1.0), Some(1.0)];
    let truths = right.iter().map(|truth| (None, 0, *truth, *truth));
    // Two of four errors of 2: r2 is 1 - 2 / 1. All four: 1 - 4 / 1.
    let half = [Some(-1.0), Some(-1.0), Some(1.0), Some(1.0)];
    let half = right
        .iter()
        .zip(half)
        .map(|(truth, guess)| (Some("x"), 0, *truth, guess));
    let all = right
        .iter()
        .map(|truth| (Some("x"), 1, *truth, truth.map(|truth| -truth)));
    let kept = right.iter().map(|truth| (Some("z"), 0, *truth, *truth));
    numbers(
        &truths
            .chain(half)
            .chain(all)
            .chain(kept)
            .collect::<Vec<_>>(),
    )
}

#[test]
fn importance_is_what_the_score_loses() {
    let outcome = assess(r#"{ "target": "y", "n_repeats": 2 }"#, &[vec![scored()]]).unwrap();
    assert_eq!(metric(&outcome, "importance", "x"), 3.0);
    assert_eq!(metric(&outcome, "importance_std", "x"), 1.0);
    assert_eq!(metric(&outcome, "importance", "z"), 0.0);
    assert_eq!(outcome.summary, "r2 1.0000 depends most on x (3.0000)");
    assert_eq!(outcome.figures[0].data["x"], serde_json::json!(["x", "z"]));
    assert_eq!(outcome.verdict, Verdict::Passed);
}

#[test]
fn of_errors_a_loss_is_above_zero_too() {
    let json = |score: &str| format!(r#"{{ "target": "y", "score": "{score}" }}"#);
    let of = |score: &str| {
        let outcome = assess(&json(score), &[vec![scored()]]).unwrap();
        metric(&outcome, "importance", "x")
    };
    assert_eq!(of("mae"), 1.5);
    assert!((of("rmse") - f64::midpoint(2_f64.sqrt(), 2.0)).abs() < 1e-15);
}

#[test]
fn classes_are_scored_by_accuracy_and_rows_without_a_target_are_left_out() {
    let rows = texts(&[
        (None, 0, Some("a"), Some("a")),
        (None, 0, Some("b"), Some("b")),
        (None, 0, None, Some("b")),
        (Some("x"), 0, Some("a"), Some("b")),
        (Some("x"), 0, Some("b"), Some("b")),
        (Some("x"), 0, None, None),
    ]);
    let outcome = assess(r#"{ "target": "y" }"#, &[vec![rows]]).unwrap();
    assert_eq!(
        outcome.summary,
        "accuracy 1.0000 depends most on x (0.5000)"
    );
}

#[test]
fn rows_in_parts_say_what_they_say_together() {
    let rows = scored();
    let whole = assess(r#"{ "target": "y" }"#, &[vec![rows.clone()]]).unwrap();
    for cut in 0..=rows.num_rows() {
        let parts = [(0, cut), (cut, rows.num_rows() - cut)];
        let parts = parts.map(|(start, length)| vec![rows.slice(start, length)]);
        assert_eq!(assess(r#"{ "target": "y" }"#, &parts).unwrap(), whole);
    }
}

#[test]
fn what_cannot_be_scored_is_told() {
    let refusal =
        |json: &str, rows: RecordBatch| assess(json, &[vec![rows]]).unwrap_err().to_string();
    assert_eq!(
        refusal(r#"{ "target": "y", "n_repeats": 0 }"#, scored()),
        "expected 1 to 1000 repeats, found 0 (at /n_repeats)"
    );
    assert_eq!(
        refusal(r#"{ "target": "y", "columns": [] }"#, scored()),
        "name at least one column, or leave `columns` out to permute all (at /columns)"
    );
    let classes = texts(&[(None, 0, Some("a"), Some("a"))]);
    assert_eq!(
        refusal(r#"{ "target": "y", "score": "mae" }"#, classes),
        "`mae` needs numbers, and column `y` holds `string` (at /score)"
    );
    let without = scored().project(&[0, 1]).unwrap();
    assert_eq!(
        refusal(r#"{ "target": "y" }"#, without),
        "the rows do not tell permutations apart in a column `permuted_column`: the host has to \
         score them for the role `permutations` (at /n_repeats)"
    );
    let missing = numbers(&[(None, 0, Some(1.0), None)]);
    assert_eq!(
        refusal(r#"{ "target": "y" }"#, missing),
        "model `model`: 1 targets or predictions are infinite or missing"
    );
}

#[test]
fn a_target_that_is_always_the_same_has_no_score() {
    let rows = numbers(&[
        (None, 0, Some(1.0), Some(1.0)),
        (None, 0, Some(1.0), Some(2.0)),
    ]);
    let outcome = assess(r#"{ "target": "y" }"#, &[vec![rows]]).unwrap();
    assert_eq!(outcome.verdict, Verdict::Failed);
    assert_eq!(
        outcome.summary,
        "model: there are no rows whose target differs to score by"
    );
}
