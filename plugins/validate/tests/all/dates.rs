//! Dates and times: as ends of ranges, as members of sets, and in what findings say.

use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, TimestampMicrosecondArray, TimestampNanosecondArray};
use mlhost_plugin::{Validator, testing};
use mlhost_validate::{Observe, Validate};
use serde_json::json;

use crate::support::{finding, numbers, outcome, params, said, table, texts};

/// 2024-03-01 and the two days after it, and nothing.
fn days() -> ArrayRef {
    Arc::new(Date32Array::from(vec![
        Some(19_783),
        Some(19_785),
        None,
        Some(19_784),
    ]))
}

/// 2024-03-01 at eight, and a little later.
fn times() -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(vec![
        1_709_280_000_000_000,
        1_709_280_000_123_457,
    ]))
}

#[test]
fn ranges_of_dates_are_dates() {
    let all = finding(
        r#"{"between": {"min": "2024-03-01", "max": "2024-03-03"}}"#,
        days(),
    );
    assert_eq!(
        said(&all),
        (true, "all 3 values are between 2024-03-01 and 2024-03-03")
    );
    let found = finding(r#"{"between": {"max": "2024-03-02"}}"#, days());
    assert_eq!(
        said(&found),
        (
            false,
            "1 of 3 values (33.333 %) is not at most 2024-03-02, for example 2024-03-03 in row 1"
        )
    );
    assert_eq!(
        json!(found.details),
        json!({
            "values": 3, "unexpected_count": 1, "unexpected_percent": 100.0 / 3.0, "mostly": 1.0,
            "rows": [1], "partial_unexpected_list": ["2024-03-03"],
            "observed_min": "2024-03-01", "observed_max": "2024-03-03",
            "min": null, "max": "2024-03-02",
        })
    );
    // A day is before each of its hours.
    assert!(finding(r#"{"between": {"max": "2024-03-03T01:00:00Z"}}"#, days()).passed);
}

#[test]
fn ranges_of_times_are_exact() {
    let between = |max: &str| finding(&format!(r#"{{"between": {{"max": "{max}"}}}}"#), times());
    assert!(between("2024-03-01T08:00:00.123457Z").passed);
    assert_eq!(
        said(&between("2024-03-01T09:00:00.123456+01:00")),
        (
            false,
            "1 of 2 values (50 %) is not at most 2024-03-01T09:00:00.123456+01:00, for example \
             2024-03-01T08:00:00.123457Z in row 1"
        )
    );
}

#[test]
fn sets_of_dates_and_times_are_found() {
    let set = r#"{"in_set": ["2024-03-01", "2024-03-02"]}"#;
    assert_eq!(
        said(&finding(set, days())),
        (
            false,
            "1 of 3 values (33.333 %) is not among `2024-03-01` and `2024-03-02`, for example \
             2024-03-03 in row 1"
        )
    );
    let moment = r#"{"in_set": ["2024-03-01T08:00:00", "2024-03-01T08:00:00.123457Z"]}"#;
    assert!(finding(moment, times()).passed);
    assert!(!finding(r#"{"not_in_set": ["2024-03-01T08:00:00Z"]}"#, times()).passed);
}

#[test]
fn statistics_of_dates_are_dates() {
    for (check, message) in [
        (
            r#"{"mean_between": {"min": "2024-03-01"}}"#,
            "the mean is 2024-03-02; expected at least 2024-03-01",
        ),
        (
            r#"{"median_between": {"max": "2024-03-02"}}"#,
            "the median is 2024-03-02; expected at most 2024-03-02",
        ),
        (
            r#"{"quantile_between": {"q": 0.25, "max": "2024-03-02"}}"#,
            "the quantile 0.25 is 2024-03-01T12:00:00Z; expected at most 2024-03-02",
        ),
        (
            r#"{"min_between": {"min": "2024-03-01"}}"#,
            "the smallest value is 2024-03-01; expected at least 2024-03-01",
        ),
        (
            r#"{"max_between": {"max": "2024-03-03T00:00:00Z"}}"#,
            "the largest value is 2024-03-03; expected at most 2024-03-03T00:00:00Z",
        ),
        (
            r#"{"distinct_count": {"min": 3}}"#,
            "the number of different values is 3; expected at least 3",
        ),
    ] {
        assert_eq!(said(&finding(check, days())), (true, message));
    }
    let late = finding(r#"{"min_between": {"min": "2024-03-02"}}"#, days());
    assert!(!late.passed);
    assert_eq!(late.details["observed_value"], "2024-03-01");
}

#[test]
fn order_is_told_in_dates() {
    assert_eq!(
        said(&finding(r#"{"monotonic": "increasing"}"#, days())),
        (
            false,
            "1 of 3 values (33.333 %) is not greater than or equal to the one before, for example \
             2024-03-02 in row 3"
        )
    );
    assert_eq!(
        said(&finding(
            r#"{"unique": true}"#,
            Arc::new(Date32Array::from(vec![1, 1]))
        )),
        (
            false,
            "2 of 2 values (100 %) occur more than once, for example 1970-01-02 in rows 0 and 1"
        )
    );
}

#[test]
fn what_is_of_another_kind_is_no_expectation() {
    for (checks, x, message) in [
        (
            r#"{"between": {"min": 19783}}"#,
            days(),
            "`min` is the number 19783, and the column holds `date`",
        ),
        (
            r#"{"between": {"max": "2024-01-01"}}"#,
            numbers([Some(1.0)]),
            "`max` is the date or time 2024-01-01, and the column holds `float`",
        ),
        (
            r#"{"mean_between": {"max": 5}}"#,
            times(),
            "`max` is the number 5, and the column holds `timestamp`",
        ),
        (
            r#"{"in_set": [1]}"#,
            texts([Some("1")]),
            "1 is a number, and the column holds `string`",
        ),
        (
            r#"{"in_set": ["1"]}"#,
            numbers([Some(1.0)]),
            "`1` is a text, and the column holds `float`",
        ),
        (
            r#"{"not_in_set": ["2024-03-01", "soon"]}"#,
            days(),
            "`soon` is no date or time such as `2013-07-01` or `2013-07-01T06:00:00Z`",
        ),
        (
            r#"{"sum_between": {"max": 5}}"#,
            days(),
            "the column holds `date`, which `sum_between` cannot check",
        ),
    ] {
        let found = finding(checks, x);
        assert_eq!(said(&found), (false, message));
    }
    let found = finding(r#"{"in_set": [1]}"#, texts([Some("1")]));
    assert_eq!(found.details["parameter"], "/columns/x/in_set");
}

#[test]
fn values_of_different_kinds_cannot_occur_in_each_other() {
    let json = r#"{"columns": {"x": {"in_reference": {"column": "y", "where": "n > 0"}}}}"#;
    let fold = |rows| testing::fold::<Observe>(params(json), &[rows]).unwrap();
    let judge = |x: ArrayRef, y: ArrayRef| {
        let n = numbers([Some(1.0), Some(1.0)]);
        let rows = fold(table([("x", x), ("n", n)]));
        let found = Validate::assess_beside(params(json), rows, fold(table([("y", y)])));
        found.unwrap().findings.pop().unwrap()
    };
    let nanoseconds: ArrayRef = Arc::new(TimestampNanosecondArray::from(vec![0]));
    assert_eq!(
        said(&judge(times(), nanoseconds)),
        (
            false,
            "the column holds `Timestamp(µs)`, and `y` of the reference `Timestamp(ns)`: none of its \
             values can occur there"
        )
    );
    assert!(judge(times(), times()).passed);
    let two = || texts([Some("1"), Some("1")]);
    assert_eq!(
        said(&judge(two(), numbers([Some(1.0)]))),
        (
            false,
            "the column holds `string`, and `y` of the reference `float`: none of its values can \
             occur there"
        )
    );
}

#[test]
fn a_condition_of_a_check_beside_a_reference_is_read() {
    let json = r#"{"columns": {"x": {"in_reference": {"column": "y", "where": "nn > 0"}}}}"#;
    let fold = |rows| testing::fold::<Observe>(params(json), &[rows]).unwrap();
    let rows = table([("x", numbers([Some(1.0)])), ("n", numbers([Some(1.0)]))]);
    let keys = table([("y", numbers([Some(1.0)]))]);
    let outcome = Validate::assess_beside(params(json), fold(rows), fold(keys)).unwrap();
    let found = &outcome.findings[1];
    assert_eq!(
        said(found),
        (
            false,
            "there is no column `nn` in the input; did you mean `n`?"
        )
    );
    assert_eq!(found.details["parameter"], "/columns/x/in_reference");
}

#[test]
fn parts_of_dates_are_judged_as_the_whole() {
    let json = r#"{"columns": {"x": {"between": {"max": "2024-03-02"}, "unique": true}}}"#;
    let whole = table([("x", days())]);
    let parts = [vec![whole.slice(0, 1)], vec![whole.slice(1, 3)]];
    let merged = testing::fold_parts::<Observe>(|| params(json), &parts).unwrap();
    let merged = Validate::assess(params(json), merged).unwrap();
    assert_eq!(merged.findings, outcome(json, &whole).findings);
}
