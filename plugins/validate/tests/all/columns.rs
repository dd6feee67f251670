//! What the schema alone tells: existence and types.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array,
    Int64Array, LargeStringArray, ListArray, TimestampSecondArray,
};
use mlhost_plugin::{Severity, Verdict};
use serde_json::json;

use crate::support::{finding, numbers, outcome, said, table, texts};

#[test]
fn a_missing_column_is_one_finding() {
    let json = r#"{"columns": {
        "carier": {"type": "string", "not_null": true, "in_set": ["AA"], "unique": false},
        "temp": {}
    }}"#;
    let rows = table([("carrier", texts([Some("AA")])), ("temp", numbers([None]))]);
    let outcome = outcome(json, &rows);
    assert_eq!(outcome.verdict, Verdict::Failed);
    assert_eq!(
        outcome.summary,
        "2 checks of 1 row, 1 failed: column_exists on `carier`"
    );
    let [carier, temp] = &outcome.findings[..] else {
        unreachable!()
    };
    assert_eq!(
        said(carier),
        (
            false,
            "there is no column `carier` in the input; did you mean `carrier`?"
        )
    );
    assert_eq!(carier.column.as_deref(), Some("carier"));
    assert_eq!(
        carier.details["skipped"],
        json!(["type", "not_null", "in_set"])
    );
    assert_eq!(said(temp), (true, "the column is there"));
}

#[test]
fn types_come_in_families() {
    let dictionary: DictionaryArray<Int32Type> = [Some("a")].into_iter().collect();
    let columns: [(ArrayRef, &[&str]); 8] = [
        (Arc::new(Int64Array::from(vec![1])), &["number", "integer"]),
        (
            Arc::new(Float32Array::from(vec![1.0])),
            &["number", "float"],
        ),
        (Arc::new(Decimal128Array::from(vec![1])), &["number"]),
        (Arc::new(LargeStringArray::from(vec!["a"])), &["string"]),
        (Arc::new(dictionary), &["string"]),
        (Arc::new(BooleanArray::from(vec![true])), &["boolean"]),
        (Arc::new(Date32Array::from(vec![1])), &["date"]),
        (
            Arc::new(TimestampSecondArray::from(vec![1]).with_timezone("UTC")),
            &["timestamp"],
        ),
    ];
    for (x, families) in columns {
        for of in [
            "number",
            "integer",
            "float",
            "string",
            "boolean",
            "date",
            "timestamp",
        ] {
            let found = finding(&format!(r#"{{"type": "{of}"}}"#), Arc::clone(&x));
            assert_eq!(
                found.passed,
                families.contains(&of),
                "{of}: {}",
                found.message
            );
        }
    }
}

#[test]
fn a_type_is_named_with_what_was_expected() {
    let found = finding(r#"{"type": "number"}"#, texts([]));
    assert_eq!(
        said(&found),
        (false, "the column holds `string`; expected `number`")
    );
    let found = finding(
        r#"{"type": {"is": "string", "severity": "warn"}}"#,
        numbers([]),
    );
    assert_eq!(
        said(&found),
        (false, "the column holds `float`; expected `string`")
    );
    assert_eq!(found.severity, Severity::Warn);
    let found = finding(r#"{"type": "float"}"#, numbers([]));
    assert_eq!(
        said(&found),
        (true, "the column holds `float`, as expected")
    );
    assert_eq!(found.details["observed_value"], "Float64");
}

#[test]
fn a_check_that_is_not_for_the_type_of_the_column_has_not_passed() {
    let list = || -> ArrayRef {
        Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([Some(
            vec![Some(1)],
        )]))
    };
    for (checks, x, message) in [
        (
            r#"{"between": {"min": 0}}"#,
            texts([Some("1")]),
            "the column holds `string`, which `between` cannot check",
        ),
        (
            r#"{"in_set": [1]}"#,
            list(),
            "the column holds `List(Int32)`, which `in_set` cannot check",
        ),
        (
            r#"{"unique": true}"#,
            list(),
            "the column holds `List(Int32)`, which `unique` cannot check",
        ),
    ] {
        assert_eq!(said(&finding(checks, x)), (false, message));
    }
}

#[test]
fn a_column_need_not_be_there() {
    let rows = table([("y", numbers([Some(1.0)]))]);
    let of = |required: &str| {
        let json =
            format!(r#"{{"columns": {{"x": {{"required": {required}, "not_null": true}}}}}}"#);
        outcome(&json, &rows).findings
    };
    // What else is asked of it is skipped.
    assert_eq!(of("false").len(), 1);
    let optional = of("false").remove(0);
    assert_eq!(
        said(&optional),
        (true, "the column is not there, and need not be")
    );
    assert_eq!(optional.details["skipped"], json!(["not_null"]));
    let warned = of(r#"{"severity": "warn"}"#).remove(0);
    assert_eq!((warned.passed, warned.severity), (false, Severity::Warn));
    let missing = of("true").remove(0);
    assert_eq!((missing.passed, missing.severity), (false, Severity::Error));
    let there = finding(r#"{"required": false, "not_null": true}"#, numbers([None]));
    assert!(!there.passed);
}
