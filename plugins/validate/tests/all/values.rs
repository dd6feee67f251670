//! The checks of values, but for `unique`.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Int64Array, ListArray, NullArray, UInt8Array,
};
use mlhost_plugin::Severity;
use serde_json::json;

use crate::support::{finding, numbers, said, texts};

#[test]
fn not_null_counts_nulls_and_nan() {
    let x = || numbers([Some(1.0), None, Some(f64::NAN), Some(2.0)]);
    let found = finding(r#"{"not_null": true}"#, x());
    assert_eq!(
        said(&found),
        (false, "2 of 4 values (50 %) are null, for example in row 1")
    );
    assert_eq!(
        json!(found.details),
        json!({
            "values": 4, "unexpected_count": 2, "unexpected_percent": 50.0, "mostly": 1.0,
            "rows": [1, 2],
        })
    );
    let half = finding(r#"{"not_null": {"mostly": 0.5}}"#, x());
    assert_eq!(
        said(&half),
        (
            true,
            "2 of 4 values (50 %) are null, for example in row 1; up to 50 % are allowed"
        )
    );
    let more = finding(r#"{"not_null": {"mostly": 0.51, "severity": "warn"}}"#, x());
    assert!(!more.passed);
    assert_eq!(more.severity, Severity::Warn);
}

#[test]
fn not_null_reads_columns_of_any_type() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1)]), None]);
    let dictionary: DictionaryArray<Int32Type> = [Some("a"), None].into_iter().collect();
    let columns: [ArrayRef; 5] = [
        Arc::new(list),
        Arc::new(dictionary),
        Arc::new(BooleanArray::from(vec![Some(true), None])),
        texts([Some(""), None]),
        Arc::new(Int64Array::from(vec![Some(0), None])),
    ];
    for x in columns {
        let found = finding(r#"{"not_null": true}"#, x);
        assert_eq!(
            said(&found),
            (false, "1 of 2 values (50 %) is null, for example in row 1")
        );
    }
    let found = finding(r#"{"not_null": true}"#, Arc::new(NullArray::new(3)));
    assert_eq!(
        said(&found),
        (
            false,
            "3 of 3 values (100 %) are null, for example in row 0"
        )
    );
}

#[test]
fn between_includes_both_ends_and_leaves_nulls_out() {
    let x = numbers([
        Some(-60.0),
        None,
        Some(1500.0),
        Some(1602.0),
        Some(f64::NAN),
        Some(-60.5),
    ]);
    let found = finding(r#"{"between": {"min": -60, "max": 1500}}"#, x.clone());
    assert_eq!(
        said(&found),
        (
            false,
            "2 of 4 values (50 %) are not between -60 and 1500, for example 1602 in row 3"
        )
    );
    assert_eq!(
        json!(found.details),
        json!({
            "values": 4, "unexpected_count": 2, "unexpected_percent": 50.0, "mostly": 1.0,
            "rows": [3, 5], "partial_unexpected_list": [1602, -60.5],
            "observed_min": -60.5, "observed_max": 1602, "min": -60, "max": 1500,
        })
    );
    let least = finding(r#"{"between": {"min": -60, "mostly": 0.75}}"#, x.clone());
    assert_eq!(
        said(&least),
        (
            true,
            "1 of 4 values (25 %) is not at least -60, for example -60.5 in row 5; \
             up to 25 % are allowed"
        )
    );
    let most = finding(r#"{"between": {"max": 1602}}"#, x);
    assert_eq!(said(&most), (true, "all 4 values are at most 1602"));
}

#[test]
fn what_lies_under_a_null_is_not_outside() {
    // Arrow keeps a zero there.
    let found = finding(
        r#"{"between": {"min": 1}}"#,
        numbers([None, Some(0.5), Some(2.0), None]),
    );
    assert_eq!(found.details["rows"], json!([1]));
    assert_eq!(found.details["observed_min"], json!(0.5));
}

#[test]
fn between_reads_every_type_of_numbers() {
    let columns: [ArrayRef; 3] = [
        Arc::new(UInt8Array::from(vec![Some(3), None, Some(9)])),
        Arc::new(Int64Array::from(vec![Some(3), None, Some(9)])),
        numbers([Some(3.0), None, Some(9.0)]),
    ];
    for x in columns {
        let found = finding(r#"{"between": {"max": 3}}"#, x);
        assert_eq!(
            said(&found),
            (
                false,
                "1 of 2 values (50 %) is not at most 3, for example 9 in row 2"
            )
        );
    }
}

#[test]
fn infinite_values_are_outside_of_every_range_that_has_an_end_there() {
    let x = numbers([Some(f64::INFINITY), Some(0.0)]);
    assert!(finding(r#"{"between": {"min": 0}}"#, x.clone()).passed);
    let found = finding(r#"{"between": {"max": 0}}"#, x);
    assert_eq!(found.details["partial_unexpected_list"], json!(["inf"]));
}

#[test]
fn in_set_compares_values_of_the_same_kind() {
    let set = r#"{"in_set": ["EWR", "JFK", 7, -0.0, true]}"#;
    let found = finding(set, texts([Some("EWR"), None, Some("7"), Some("LGA")]));
    assert_eq!(
        said(&found),
        (
            false,
            "2 of 3 values (66.667 %) are not among `EWR`, `JFK`, 7, -0 and true, for example \
             `7` in row 2"
        )
    );
    assert_eq!(
        found.details["partial_unexpected_list"],
        json!(["7", "LGA"])
    );
    assert!(finding(set, numbers([Some(7.0), Some(0.0), None, Some(f64::NAN)])).passed);
    let one = finding(set, Arc::new(Int64Array::from(vec![1])));
    assert_eq!(one.details["partial_unexpected_list"], json!([1]));
    let booleans = finding(
        set,
        Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
    );
    assert_eq!(booleans.details["partial_unexpected_list"], json!([false]));
    let dictionary: DictionaryArray<Int32Type> =
        [Some("JFK"), None, Some("X")].into_iter().collect();
    let dictionary = finding(set, Arc::new(dictionary));
    assert_eq!(dictionary.details["rows"], json!([2]));
}

#[test]
fn in_set_can_ask_for_most_values() {
    let x = || texts([Some("a"), Some("b"), Some("a"), Some("a")]);
    let found = finding(r#"{"in_set": {"values": ["a"], "mostly": 0.75}}"#, x());
    assert_eq!(
        said(&found),
        (
            true,
            "1 of 4 values (25 %) is not among `a`, for example `b` in row 1; up to 25 % are allowed"
        )
    );
    assert!(!finding(r#"{"in_set": {"values": ["a"], "mostly": 0.76}}"#, x()).passed);
}

#[test]
fn a_long_set_is_shortened() {
    let found = finding(r#"{"in_set": [1, 2, 3, 4, 5, 6, 7]}"#, numbers([Some(2.0)]));
    assert_eq!(
        said(&found),
        (true, "the only value is among 1, 2, 3, 4, 5 and 2 more")
    );
}

#[test]
fn a_share_is_compared_as_it_is_written() {
    // 0.94 times 100 is more than 94 in floating-point numbers; 94 of 100 is 0.94.
    for (kept, mostly) in [(94, 0.94), (29, 0.29), (57, 0.57), (58, 0.58), (7, 0.07)] {
        let x: Vec<Option<i64>> = (0..100).map(|row| (row < kept).then_some(row)).collect();
        let checks = format!(r#"{{"not_null": {{"mostly": {mostly}}}}}"#);
        assert!(
            finding(&checks, Arc::new(Int64Array::from(x.clone()))).passed,
            "{mostly}"
        );
        let more = mostly + 1e-9;
        let checks = format!(r#"{{"not_null": {{"mostly": {more}}}}}"#);
        assert!(
            !finding(&checks, Arc::new(Int64Array::from(x))).passed,
            "{more}"
        );
    }
}

#[test]
fn columns_without_values_have_nothing_unexpected() {
    let checks = [
        r#"{"between": {"min": 1}}"#,
        r#"{"in_set": [1]}"#,
        r#"{"unique": true}"#,
    ];
    for check in checks {
        let empty: [ArrayRef; 3] = [
            numbers([]),
            numbers([None, Some(f64::NAN)]),
            Arc::new(NullArray::new(2)),
        ];
        for x in empty {
            assert_eq!(
                said(&finding(check, x)),
                (true, "there are no values to check")
            );
        }
    }
    let found = finding(r#"{"not_null": true}"#, numbers([]));
    assert_eq!(said(&found), (true, "there are no values to check"));
}

#[test]
fn small_shares_are_not_rounded_to_nothing() {
    let mut x = vec![0_i64; 250_000];
    x[150_000] = 9;
    let found = finding(
        r#"{"between": {"max": 1}}"#,
        Arc::new(Int64Array::from(x.clone())),
    );
    assert_eq!(
        said(&found),
        (
            false,
            "1 of 250000 values (less than 0.001 %) is not at most 1, for example 9 in row 150000"
        )
    );
    x[7] = 8;
    let found = finding(r#"{"between": {"max": 1}}"#, Arc::new(Int64Array::from(x)));
    assert_eq!(
        said(&found),
        (
            false,
            "2 of 250000 values (0.001 %) are not at most 1, for example 8 in row 7"
        )
    );
}

#[test]
fn examples_are_few_and_short() {
    let long = "ä".repeat(1000);
    let x: Vec<Option<&str>> = vec![Some(&long); 30];
    let found = finding(
        r#"{"in_set": ["a"]}"#,
        Arc::new(arrow_array::StringArray::from(x)),
    );
    assert_eq!(found.details["unexpected_count"], 30);
    assert_eq!(found.details["rows"], json!((0..20).collect::<Vec<_>>()));
    let shown = found.details["partial_unexpected_list"].as_array().unwrap();
    assert_eq!(shown.len(), 20);
    assert_eq!(shown[0], json!(format!("{}…", "ä".repeat(100))));
}

#[test]
fn what_no_value_is_is_said_of_none() {
    let x = || texts([Some("a"), Some("b")]);
    assert_eq!(
        said(&finding(r#"{"not_null": true}"#, x())),
        (true, "none of 2 values is null")
    );
    assert_eq!(
        said(&finding(r#"{"not_in_set": ["c", "d"]}"#, x())),
        (true, "none of 2 values is among `c` and `d`")
    );
    assert_eq!(
        said(&finding(r#"{"not_null": true}"#, texts([Some("a")]))),
        (true, "the only value is not null")
    );
    assert_eq!(
        said(&finding(r#"{"length_between": {"min": 1, "max": 1}}"#, x())),
        (true, "all 2 values are exactly 1 character long")
    );
}

#[test]
fn infinite_statistics_are_said_in_words() {
    let inf = f64::INFINITY;
    let mean = |x| finding(r#"{"mean_between": {"max": 1}}"#, x);
    assert_eq!(
        said(&mean(numbers([Some(1.0), Some(inf)]))),
        (false, "the mean is infinity; expected at most 1")
    );
    assert_eq!(
        said(&mean(numbers([Some(-inf), Some(inf)]))),
        (
            false,
            "the mean is undefined, for some values are infinite; expected at most 1"
        )
    );
    let between = finding(r#"{"between": {"min": 0}}"#, numbers([Some(-inf)]));
    assert!(
        between
            .message
            .ends_with("for example minus infinity in row 0")
    );
}
