//! The checks of statistics, of order, of texts, of several columns, and of a reference; and `where`.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Date32Array, Int64Array, TimestampNanosecondArray};
use mlhost_plugin::{Validator, testing};
use mlhost_validate::{Observe, Validate};
use serde_json::json;

use crate::support::{finding, numbers, outcome, params, said, table, texts};

#[test]
fn statistics_are_told_with_their_ranges() {
    let x = || numbers([Some(1.0), None, Some(2.0), Some(4.5), Some(f64::NAN)]);
    for (check, passed, message, observed) in [
        (
            r#"{"mean_between": {"min": 2, "max": 3}}"#,
            true,
            "the mean is 2.5; expected between 2 and 3",
            json!(2.5),
        ),
        (
            r#"{"median_between": {"min": 3}}"#,
            false,
            "the median is 2; expected at least 3",
            json!(2),
        ),
        (
            r#"{"sum_between": {"max": 7.5}}"#,
            true,
            "the sum is 7.5; expected at most 7.5",
            json!(7.5),
        ),
        (
            r#"{"min_between": {"min": 1}}"#,
            true,
            "the smallest value is 1; expected at least 1",
            json!(1),
        ),
        (
            r#"{"max_between": {"max": 4}}"#,
            false,
            "the largest value is 4.5; expected at most 4",
            json!(4.5),
        ),
        (
            r#"{"distinct_count": {"min": 3, "max": 3}}"#,
            true,
            "the number of different values is 3; expected exactly 3",
            json!(3),
        ),
        (
            r#"{"proportion_unique": {"max": 0.5}}"#,
            false,
            "the share of different values is 1; expected at most 0.5",
            json!(1),
        ),
    ] {
        let found = finding(check, x());
        assert_eq!(said(&found), (passed, message));
        assert_eq!(found.details["observed_value"], observed, "{check}");
    }
    let found = finding(r#"{"stdev_between": {"min": 1}}"#, x());
    assert_eq!(
        said(&found),
        (
            true,
            "the standard deviation is 1.80278; expected at least 1"
        )
    );
    let several = r#"{"quantile_between": [{"q": 0, "min": 0}, {"q": 0.25, "max": 1}]}"#;
    let rows = table([("x", x())]);
    let json = format!(r#"{{"columns": {{"x": {several}}}}}"#);
    let findings = outcome(&json, &rows).findings;
    assert_eq!(
        said(&findings[1]),
        (true, "the quantile 0 is 1; expected at least 0")
    );
    assert_eq!(
        said(&findings[2]),
        (false, "the quantile 0.25 is 1.5; expected at most 1")
    );
    assert_eq!(findings[2].details["q"], 0.25);
}

#[test]
fn a_statistic_of_too_few_values_does_not_pass() {
    for x in [numbers([]), numbers([None, Some(f64::NAN)])] {
        for check in ["mean", "median", "stdev", "sum", "min", "max"] {
            let found = finding(
                &format!(r#"{{"{check}_between": {{"min": -1e9}}}}"#),
                Arc::clone(&x),
            );
            assert!(!found.passed, "{check}");
            assert!(
                found.message.starts_with("there are too few values for"),
                "{}",
                found.message
            );
            assert_eq!(found.details["observed_value"], json!(null));
        }
    }
    assert!(!finding(r#"{"stdev_between": {"min": 0}}"#, numbers([Some(1.0)])).passed);
}

#[test]
fn what_is_an_estimate_says_so() {
    let many: ArrayRef = Arc::new(Int64Array::from_iter_values(0..100_000));
    let found = finding(
        r#"{"distinct_count": {"min": 95000, "max": 105000}}"#,
        Arc::clone(&many),
    );
    assert!(found.passed, "{}", found.message);
    assert!(
        found
            .message
            .contains("(an estimate, off by a standard error of 0.81 %)"),
        "{}",
        found.message
    );
    assert!(found.details["relative_error"].as_f64().unwrap() < 0.01);
    let found = finding(r#"{"median_between": {"min": 49900, "max": 50100}}"#, many);
    assert!(found.passed, "{}", found.message);
    assert!(
        found
            .message
            .contains("(an estimate, off by at most 0.10 %)"),
        "{}",
        found.message
    );
}

#[test]
fn values_go_one_way() {
    let x = || numbers([Some(1.0), Some(1.0), None, Some(3.0), Some(2.0), Some(2.5)]);
    let found = finding(r#"{"monotonic": "increasing"}"#, x());
    assert_eq!(
        said(&found),
        (
            false,
            "1 of 5 values (20 %) is not greater than or equal to the one before, for example 2 in row 4"
        )
    );
    let found = finding(
        r#"{"monotonic": {"is": "increasing", "strictly": true, "mostly": 0.6}}"#,
        x(),
    );
    assert!(found.passed);
    assert_eq!(found.details["rows"], json!([1, 4]));
    let found = finding(r#"{"monotonic": "decreasing"}"#, x());
    assert_eq!(found.details["rows"], json!([3, 5]));
}

#[test]
fn texts_match_and_have_a_length() {
    let x = || texts([Some("N14228"), None, Some("n1"), Some("ÄÖ9999")]);
    let found = finding(r#"{"regex": "^[A-Z][0-9]+$"}"#, x());
    assert_eq!(
        said(&found),
        (
            false,
            "2 of 3 values (66.667 %) do not match `^[A-Z][0-9]+$`, for example `n1` in row 2"
        )
    );
    // It is looked for anywhere.
    assert!(finding(r#"{"regex": {"pattern": "[0-9]"}}"#, x()).passed);
    assert!(finding(r#"{"length_between": {"min": 2, "max": 6}}"#, x()).passed);
    let found = finding(r#"{"length_between": {"min": 3, "mostly": 0.5}}"#, x());
    assert_eq!(
        said(&found),
        (
            true,
            "1 of 3 values (33.333 %) is not at least 3 characters long, for example `n1` in row 2; up to 50 % are allowed"
        )
    );
}

#[test]
fn a_set_may_be_of_what_may_not_occur() {
    let found = finding(
        r#"{"not_in_set": [-1, 999]}"#,
        numbers([Some(3.0), Some(999.0), None]),
    );
    assert_eq!(
        said(&found),
        (
            false,
            "1 of 2 values (50 %) is among -1 and 999, for example 999 in row 1"
        )
    );
    assert!(finding(r#"{"not_in_set": ["", "?"]}"#, texts([Some("a")])).passed);
    let booleans: ArrayRef = Arc::new(BooleanArray::from(vec![true, false]));
    assert_eq!(
        finding(r#"{"not_in_set": [false]}"#, booleans).details["rows"],
        json!([1])
    );
}

#[test]
fn the_newest_time_is_held_against_a_date_that_is_given() {
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(15_886), None, Some(15_800)]));
    let found = finding(
        r#"{"freshness": {"at": "2013-07-02T12:00:00Z", "within": "36h"}}"#,
        Arc::clone(&days),
    );
    assert_eq!(
        said(&found),
        (
            false,
            "the newest value is 2013-06-30, 2.5 days before 2013-07-02T12:00:00Z; expected at most 36h before"
        )
    );
    assert_eq!(found.details["age_seconds"], 216_000);
    assert!(
        finding(
            r#"{"freshness": {"at": "2013-07-02", "within": "2d"}}"#,
            Arc::clone(&days)
        )
        .passed
    );
    let after = finding(
        r#"{"freshness": {"at": "2013-06-01", "within": "1d", "severity": "warn"}}"#,
        days,
    );
    assert_eq!(
        said(&after),
        (
            true,
            "the newest value is 2013-06-30, 29 days after 2013-06-01; expected at most 1d before"
        )
    );
    let nanoseconds: ArrayRef = Arc::new(TimestampNanosecondArray::from(vec![Some(
        1_372_636_800_000_000_000,
    )]));
    let found = finding(
        r#"{"freshness": {"at": "2013-07-01", "within": "0s"}}"#,
        nanoseconds,
    );
    assert!(found.passed, "{}", found.message);
    let empty: ArrayRef = Arc::new(Date32Array::from(vec![None]));
    let found = finding(
        r#"{"freshness": {"at": "2013-07-01", "within": "1d"}}"#,
        empty,
    );
    assert_eq!(
        said(&found),
        (
            false,
            "there is no value; expected one within 1d of 2013-07-01"
        )
    );
    let text = finding(
        r#"{"freshness": {"at": "2013-07-01", "within": "1d"}}"#,
        texts([Some("2013-07-01")]),
    );
    assert_eq!(
        said(&text),
        (
            false,
            "the column holds `string`, which `freshness` cannot check"
        )
    );
}

#[test]
fn pairs_of_columns_are_compared_row_by_row() {
    let rows = table([
        ("low", numbers([Some(1.0), Some(5.0), None, Some(2.0)])),
        (
            "high",
            numbers([Some(2.0), Some(4.0), Some(9.0), Some(2.0)]),
        ),
    ]);
    let json = r#"{"greater_than": [
        {"column": "high", "than": "low"},
        {"column": "high", "than": "low", "or_equal": true, "mostly": 0.6}
    ]}"#;
    let findings = outcome(json, &rows).findings;
    assert_eq!(
        said(&findings[0]),
        (
            false,
            "2 of 3 values (66.667 %) are not greater than `low`, for example 4, 5 in row 1"
        )
    );
    assert_eq!(findings[0].column.as_deref(), Some("high"));
    assert_eq!(
        findings[0].details["partial_unexpected_list"],
        json!([[4, 5], [2, 2]])
    );
    assert!(findings[1].passed);
}

#[test]
fn the_correlation_of_two_columns() {
    let rows = table([
        ("a", numbers([Some(1.0), Some(2.0), Some(3.0), None])),
        ("b", numbers([Some(2.0), Some(4.0), Some(6.0), Some(-5.0)])),
    ]);
    let found = outcome(
        r#"{"correlation": [{"columns": ["a", "b"], "max": 0.9}]}"#,
        &rows,
    )
    .findings
    .remove(0);
    assert_eq!(
        said(&found),
        (
            false,
            "the correlation of `a` and `b` is 1; expected at most 0.9"
        )
    );
    assert_eq!(found.column, None);
    assert_eq!(found.details["columns"], json!(["a", "b"]));
}

#[test]
fn columns_are_unique_together() {
    let rows = table([
        ("a", texts([Some("x"), Some("x"), None, None, Some("x")])),
        (
            "b",
            numbers([Some(1.0), Some(2.0), None, Some(1.0), Some(1.0)]),
        ),
    ]);
    let found = outcome(r#"{"unique_together": [{"columns": ["a", "b"]}]}"#, &rows)
        .findings
        .remove(0);
    // A row of nulls alone is left out; the null of row 3 is no `x`.
    assert_eq!(
        said(&found),
        (
            false,
            "2 of 4 values (50 %) occur more than once in `a` and `b`, for example `x`, 1 in rows 0 and 4"
        )
    );
}

#[test]
fn columns_have_an_order() {
    let rows = table([("a", numbers([])), ("b", numbers([])), ("c", numbers([]))]);
    for (order, passed, message) in [
        (
            r#"["a", "b", "c"]"#,
            true,
            "the columns are in the expected order",
        ),
        (r#"["a", "c", "b"]"#, false, "column 2 is `b`; expected `c`"),
        (
            r#"["a", "b"]"#,
            false,
            "column 3 is `c`; expected no column",
        ),
        (
            r#"{"columns": ["a", "b", "c", "d"], "severity": "warn"}"#,
            false,
            "column 4 is no column; expected `d`",
        ),
    ] {
        let found = outcome(&format!(r#"{{"column_order": {order}}}"#), &rows)
            .findings
            .remove(0);
        assert_eq!(said(&found), (passed, message));
    }
}

#[test]
fn values_occur_in_a_reference() {
    let json = r#"{"columns": {"code": {"in_reference": {"column": "id", "mostly": 0.5}}, "n": {"in_reference": "number"}}}"#;
    let n: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3, 4, 5]));
    let rows = table([
        (
            "code",
            texts([Some("a"), Some("x"), None, Some("x"), Some("b")]),
        ),
        ("n", n),
    ]);
    let reference = table([
        ("id", texts([Some("b"), Some("a")])),
        ("number", numbers([Some(1.0), Some(2.0)])),
        ("unrelated", numbers([None, None])),
    ]);
    let fold = |rows| testing::fold::<Observe>(params(json), &[rows]).unwrap();
    let judged =
        Validate::assess_beside(params(json), fold(rows.clone()), fold(reference.clone())).unwrap();
    assert_eq!(
        said(&judged.findings[1]),
        (
            true,
            "2 of 4 values (50 %) do not occur in `id` of the reference, for example `x` in row 1; up to 50 % are allowed"
        )
    );
    assert_eq!(
        said(&judged.findings[3]),
        (
            false,
            "3 of 5 values (60 %) do not occur in `number` of the reference, for example 3 in row 2"
        )
    );
    assert_eq!(
        judged.findings[3].details["partial_unexpected_list"],
        json!([3, 4, 5])
    );

    let parts = [vec![rows.slice(0, 2)], vec![rows.slice(2, 3)]];
    let merged = testing::fold_parts::<Observe>(|| params(json), &parts).unwrap();
    assert_eq!(merged, fold(rows.clone()));

    let other = table([("idd", texts([Some("a")])), ("number", texts([Some("1")]))]);
    let judged = Validate::assess_beside(params(json), fold(rows.clone()), fold(other)).unwrap();
    assert_eq!(
        said(&judged.findings[1]),
        (
            false,
            "in the reference: there is no column `id` in the input; did you mean `idd`?"
        )
    );
    assert_eq!(
        judged.findings[1].details["parameter"],
        "/columns/code/in_reference"
    );

    let alone = Validate::assess(params(json), fold(rows)).unwrap_err();
    assert_eq!(
        alone.to_string(),
        "it needs a reference: `input = { data = \"…\", reference = \"…\" }` (at /columns/code/in_reference)"
    );
}

#[test]
fn only_selected_rows_are_looked_at() {
    let rows = table([
        (
            "x",
            numbers([Some(1.0), None, Some(-1.0), None, Some(-2.0)]),
        ),
        (
            "kind",
            texts([Some("a"), Some("a"), Some("b"), Some("b"), None]),
        ),
    ]);
    let of = |check: &str| {
        let json = format!(r#"{{"columns": {{"x": {check}}}}}"#);
        outcome(&json, &rows).findings.pop().unwrap()
    };
    let found = of(r#"{"not_null": {"where": "kind = 'a'"}}"#);
    assert_eq!(
        said(&found),
        (false, "1 of 2 values (50 %) is null, for example in row 1")
    );
    assert_eq!(found.details["where"], "kind = 'a'");
    let found = of(r#"{"between": {"min": 0, "where": "kind = 'b'"}}"#);
    assert_eq!(found.details["rows"], json!([2]));
    assert_eq!(found.details["values"], 1);
    assert!(of(r#"{"between": {"min": 0, "where": "kind = 'a'"}}"#).passed);
    assert_eq!(
        of(r#"{"mean_between": {"min": 0, "where": "kind is not null"}}"#).details["observed_value"],
        0
    );
    assert_eq!(
        of(r#"{"distinct_count": {"max": 9, "where": "kind = 'b'"}}"#).details["observed_value"],
        1
    );
    assert!(of(r#"{"unique": {"where": "x < 0"}}"#).passed);
    let found = of(r#"{"in_set": {"values": [1], "where": "x < 0"}}"#);
    assert_eq!(found.details["values"], 2);
    let json = r#"{"columns": {"kind": {"in_set": {"values": ["a"], "where": "x is null"}}},
        "expression": [{"is_true": "x > 0", "where": "kind = 'a'"}],
        "unique_together": [{"columns": ["x", "kind"], "where": "x < 0"}],
        "greater_than": [{"column": "x", "than": "x", "or_equal": true, "where": "kind = 'b'"}]}"#;
    let findings = outcome(json, &rows).findings;
    assert_eq!(findings[1].details["rows"], json!([3]));
    assert_eq!(findings[2].details["values"], 2);
    assert_eq!(findings[3].details["values"], 1);
    assert_eq!(findings[4].details["values"], 1);
}

#[test]
fn what_no_table_can_be_checked_against_is_refused() {
    use mlhost_plugin::Fold;
    let rows = table([("x", numbers([]))]);
    for (json, message) in [
        (
            r#"{"columns": {"x": {"mean_between": {}}}}"#,
            "a range has a `min`, a `max` or both (at /columns/x/mean_between)",
        ),
        (
            r#"{"columns": {"x": {"quantile_between": {"q": 95, "max": 1}}}}"#,
            "`q` is a number from 0 to 1 (at /columns/x/quantile_between)",
        ),
        (
            r#"{"columns": {"x": {"freshness": {"at": "today", "within": "1d"}}}}"#,
            "`today` is no date or time such as `2013-07-01` or `2013-07-01T06:00:00Z` (at /columns/x/freshness/at)",
        ),
        (
            r#"{"columns": {"x": {"freshness": {"at": "2013-07-01", "within": "soon"}}}}"#,
            "`soon` is no length of time such as `36h`, `2d` or `1w` (at /columns/x/freshness/within)",
        ),
        (
            r#"{"unique_together": [{"columns": ["x"]}]}"#,
            "it takes two columns or more; for one there is `unique` (at /unique_together/0)",
        ),
        (
            r#"{"column_order": []}"#,
            "the list has no columns (at /column_order)",
        ),
        (
            r#"{"expression": [{"is_true": "x > 0", "mostly": 2}]}"#,
            "a share is a number from 0 to 1 (at /expression/0/mostly)",
        ),
    ] {
        let refused = Observe::open(params(json), &rows.schema())
            .map(|_| ())
            .unwrap_err();
        assert_eq!(refused.to_string(), message);
    }
    let rows = table([("x", texts([]))]);
    let refused = Observe::open(
        params(r#"{"columns": {"x": {"regex": "("}}}"#),
        &rows.schema(),
    );
    let refused = refused.map(|_| ()).unwrap_err();
    assert!(
        refused.message.starts_with("`(` is no regular expression"),
        "{refused}"
    );
}
