//! `unique`, for values of every type.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Decimal128Array, DictionaryArray, Float32Array, Int8Array,
    Int64Array, LargeStringArray, StringArray, TimestampNanosecondArray, UInt64Array,
};
use mlhost_plugin::{Validator, testing};
use mlhost_validate::{Observe, Validate};
use serde_json::json;

use crate::support::{finding, numbers, params, said, table, texts};

const UNIQUE: &str = r#"{"unique": true}"#;

#[test]
fn every_row_of_a_repeated_value_is_unexpected() {
    let x = texts([
        Some("c"),
        Some("a"),
        None,
        Some("b"),
        Some("a"),
        None,
        Some("c"),
        Some("a"),
    ]);
    let found = finding(UNIQUE, x);
    assert_eq!(
        said(&found),
        (
            false,
            "5 of 6 values (83.333 %) occur more than once, for example `c` in rows 0 and 6"
        )
    );
    assert_eq!(
        json!(found.details),
        json!({
            "values": 6, "unexpected_count": 5, "unexpected_percent": 100.0 * 5.0 / 6.0,
            "mostly": 1.0, "rows": [0, 1, 4, 6, 7],
            "partial_unexpected_list": ["c", "a", "a", "c", "a"],
        })
    );
}

#[test]
fn most_values_may_have_to_be_unique() {
    let x = || texts([Some("a"), Some("b"), Some("b"), Some("c")]);
    assert!(finding(r#"{"unique": {"mostly": 0.5}}"#, x()).passed);
    assert!(!finding(r#"{"unique": {"mostly": 0.6}}"#, x()).passed);
}

#[test]
fn every_type_of_values_is_read() {
    let dictionary: DictionaryArray<Int32Type> = [Some("a"), None, Some("b"), Some("a")]
        .into_iter()
        .collect();
    let decimals = Decimal128Array::from(vec![Some(1), None, Some(1 << 70), Some(1)]);
    let columns: [ArrayRef; 9] = [
        Arc::new(dictionary),
        Arc::new(decimals),
        Arc::new(LargeStringArray::from(vec![
            Some("a"),
            None,
            Some(""),
            Some("a"),
        ])),
        Arc::new(BooleanArray::from(vec![
            Some(false),
            None,
            Some(true),
            Some(false),
        ])),
        Arc::new(Int8Array::from(vec![Some(-1), None, Some(0), Some(-1)])),
        Arc::new(UInt64Array::from(vec![
            Some(u64::MAX),
            None,
            Some(u64::MAX - 1),
            Some(u64::MAX),
        ])),
        Arc::new(Int64Array::from(vec![
            Some(1 << 53),
            None,
            Some((1 << 53) + 1),
            Some(1 << 53),
        ])),
        Arc::new(TimestampNanosecondArray::from(vec![
            Some(5),
            None,
            Some(6),
            Some(5),
        ])),
        Arc::new(Float32Array::from(vec![
            Some(0.0),
            Some(f32::NAN),
            Some(1.5),
            Some(-0.0),
        ])),
    ];
    for x in columns {
        let described = x.data_type().clone();
        let found = finding(UNIQUE, Arc::clone(&x));
        assert_eq!(found.details["rows"], json!([0, 3]), "{described}");
        assert_eq!(found.details["values"], 3, "{described}");
        let found = finding(UNIQUE, x.slice(1, 3));
        assert_eq!(
            said(&found),
            (true, "all 2 values are unique"),
            "{described}"
        );
    }
}

#[test]
fn a_million_texts_have_different_keys() {
    let x = StringArray::from_iter_values((0..1_000_000).map(|row| format!("N{row:07}")));
    assert!(finding(UNIQUE, Arc::new(x)).passed);
}

#[test]
fn duplicates_are_found_across_parts() {
    let json = r#"{"columns": {"x": {"unique": true}}}"#;
    let whole = table([(
        "x",
        numbers([Some(3.0), Some(1.0), None, Some(2.0), Some(1.0)]),
    )]);
    let parts = [
        vec![whole.slice(0, 2)],
        vec![],
        vec![whole.slice(2, 2), whole.slice(4, 1)],
    ];
    let observed = testing::fold_parts::<Observe>(|| params(json), &parts).unwrap();
    let found = Validate::assess(params(json), observed)
        .unwrap()
        .findings
        .pop()
        .unwrap();
    assert_eq!(
        said(&found),
        (
            false,
            "2 of 4 values (50 %) occur more than once, for example 1 in rows 1 and 4"
        )
    );
}

/// Beyond so many different values their rows alone are told, whatever the split.
#[test]
fn of_very_many_values_the_rows_are_told() {
    let json = r#"{"columns": {"x": {"unique": true}}}"#;
    let values = (0..20_000).chain([7]).map(|number| format!("v{number}"));
    let x: ArrayRef = Arc::new(StringArray::from_iter_values(values));
    let whole = table([("x", x)]);
    let parts = [
        vec![whole.slice(0, 10_000)],
        vec![whole.slice(10_000, 10_001)],
    ];
    let merged = testing::fold_parts::<Observe>(|| params(json), &parts).unwrap();
    let at_once = testing::fold::<Observe>(params(json), &[whole]).unwrap();
    assert_eq!(merged, at_once);
    let found = Validate::assess(params(json), merged)
        .unwrap()
        .findings
        .pop()
        .unwrap();
    assert_eq!(
        said(&found),
        (
            false,
            "2 of 20001 values (0.01 %) occur more than once, for example the one in rows 7 and 20000"
        )
    );
    assert!(!found.details.contains_key("partial_unexpected_list"));
}
