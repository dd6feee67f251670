//! What is wrong with parameters or schema is said in one sentence.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray};
use mlhost_drift::Params;
use mlhost_plugin::ErrorKind;

use crate::{compare, floats};

fn columns() -> Vec<(&'static str, ArrayRef)> {
    let bytes = BinaryArray::from_vec(vec![b"x"]);
    vec![("temp", floats(vec![1.0])), ("raw", Arc::new(bytes))]
}

#[test]
fn parameters_are_refused_with_where_and_why() {
    let cases = [
        (
            r#"{ "bins": 1 }"#,
            "expected 2 to 1000 bins, found 1 (at /bins)",
        ),
        (
            r#"{ "threshold": -0.1 }"#,
            "expected a threshold of 0 or more, found -0.1 (at /threshold)",
        ),
        (
            r#"{ "max_share_drifted": 20 }"#,
            "expected a share from 0 to 1, found 20 (at /max_share_drifted)",
        ),
        (
            r#"{ "columns": [] }"#,
            "name at least one column, or leave `columns` out to compare all (at /columns)",
        ),
        (
            r#"{ "columns": ["temp", "temp"] }"#,
            "column `temp` is named twice (at /columns/1)",
        ),
        (
            r#"{ "columns": ["temp", "raw"] }"#,
            "column `raw` holds Binary, which cannot be compared (at /columns/1)",
        ),
        (
            r#"{ "columns": ["temp", "dewp"] }"#,
            "there is no column `dewp` in the reference (at /columns/1)",
        ),
    ];
    for (json, message) in cases {
        let error = compare(json, columns(), columns()).unwrap_err();
        assert_eq!(
            (error.kind, error.to_string().as_str()),
            (ErrorKind::InvalidParams, message)
        );
    }
}

#[test]
fn unknown_parameters_are_refused() {
    let error = serde_json::from_str::<Params>(r#"{ "treshold": 1 }"#).unwrap_err();
    assert!(error.to_string().starts_with("unknown field `treshold`"));
}
