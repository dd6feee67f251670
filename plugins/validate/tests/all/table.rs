//! The checks of the table, and the outcome as a whole.

use mlhost_plugin::{Metric, Validator, Verdict, testing};
use mlhost_validate::{Observe, Validate};
use serde_json::json;

use crate::support::{numbers, outcome, params, said, table, texts};

#[test]
fn rows_are_counted() {
    let rows = table([("x", numbers([None, None, None]))]);
    for (range, passed, message) in [
        (
            r#"{"min": 3, "max": 3}"#,
            true,
            "3 rows; expected exactly 3",
        ),
        (r#"{"min": 4}"#, false, "3 rows; expected at least 4"),
        (r#"{"max": 2}"#, false, "3 rows; expected at most 2"),
    ] {
        let outcome = outcome(&format!(r#"{{"row_count": {range}}}"#), &rows);
        assert_eq!(said(&outcome.findings[0]), (passed, message));
        assert_eq!(outcome.findings[0].details["observed_value"], 3);
    }
}

#[test]
fn columns_that_are_not_named_can_be_refused() {
    let rows = table([("x", numbers([])), ("y", numbers([])), ("z", texts([]))]);
    let json = |extra| format!(r#"{{"columns": {{"y": {{}}}}, "no_extra_columns": {extra}}}"#);
    let refused = outcome(&json("true"), &rows);
    assert_eq!(
        said(&refused.findings[1]),
        (false, "2 columns not named: `x` and `z`")
    );
    assert_eq!(
        refused.findings[1].details["unexpected_columns"],
        json!(["x", "z"])
    );
    assert_eq!(refused.verdict, Verdict::Failed);
    let warned = outcome(&json(r#"{"severity": "warn"}"#), &rows);
    assert_eq!(warned.verdict, Verdict::Warned);
    assert_eq!(outcome(&json("false"), &rows).findings.len(), 1);
    let named = r#"{"columns": {"x": {}, "y": {}, "z": {}}, "no_extra_columns": true}"#;
    assert_eq!(
        said(&outcome(named, &rows).findings[3]),
        (true, "there are no columns but those that are named")
    );
}

#[test]
fn the_outcome_follows_from_the_findings() {
    let rows = table([
        ("x", numbers([Some(1.0), Some(5.0)])),
        ("y", texts([None, Some("a")])),
    ]);
    let passed = outcome(r#"{"columns": {"x": {"not_null": true}}}"#, &rows);
    assert_eq!(passed.verdict, Verdict::Passed);
    assert_eq!(passed.summary, "2 checks of 2 rows, all passed");

    let warned = outcome(
        r#"{"columns": {"x": {"between": {"max": 3, "severity": "warn"}}}}"#,
        &rows,
    );
    assert_eq!(warned.verdict, Verdict::Warned);
    assert_eq!(
        warned.summary,
        "2 checks of 2 rows, 1 warned: between on `x`"
    );

    let failed = outcome(
        r#"{
            "columns": {
                "x": {"between": {"max": 3, "severity": "warn"}},
                "y": {"not_null": true}
            },
            "row_count": {"min": 3}
        }"#,
        &rows,
    );
    assert_eq!(failed.verdict, Verdict::Failed);
    assert_eq!(
        failed.summary,
        "5 checks of 2 rows, 2 failed and 1 warned: not_null on `y`, row_count and between on `x`"
    );
    let metric = |name: &str, value| Metric {
        name: name.to_owned(),
        value,
        labels: vec![],
        better: None,
    };
    assert_eq!(
        failed.metrics,
        [
            metric("checks", 5.0),
            metric("failed", 2.0),
            metric("warned", 1.0),
            metric("rows", 2.0)
        ]
    );
}

#[test]
fn nothing_asked_for_passes() {
    let outcome = outcome("{}", &table([("x", numbers([None]))]));
    assert_eq!(outcome.verdict, Verdict::Passed);
    assert_eq!(outcome.summary, "0 checks of 1 row, all passed");
}

#[test]
fn rows_that_meet_a_condition_are_counted() {
    let n = numbers([Some(1.0), Some(5.0), None, Some(7.0)]);
    let whole = table([("n", n)]);
    let json = r#"{"row_count": {"min": 3, "where": "n > 2"}}"#;
    let found = outcome(json, &whole).findings.remove(0);
    assert_eq!(
        said(&found),
        (false, "2 rows where `n > 2`; expected at least 3")
    );
    let parts = [vec![whole.slice(0, 2)], vec![whole.slice(2, 2)]];
    let merged = testing::fold_parts::<Observe>(|| params(json), &parts).unwrap();
    let merged = Validate::assess(params(json), merged)
        .unwrap()
        .findings
        .remove(0);
    assert_eq!(merged, found);
    let exactly = outcome(r#"{"row_count": {"min": 3, "max": 3}}"#, &whole)
        .findings
        .remove(0);
    assert_eq!(said(&exactly), (false, "4 rows; expected exactly 3"));
}
