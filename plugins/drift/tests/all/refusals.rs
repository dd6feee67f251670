//! What is wrong with parameters or schema is said in one sentence.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray};
use mlhost_drift::Params;
use mlhost_plugin::ErrorKind;

use crate::{compare, floats, texts};

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
            r#"{ "method": "psi", "threshold": -0.1 }"#,
            "expected a threshold of 0 or more, found -0.1 (at /threshold)",
        ),
        (
            r#"{ "method": "ks", "threshold": 5 }"#,
            "expected a probability from 0 to 1, found 5 (at /threshold)",
        ),
        (
            r#"{ "threshold": 0.1 }"#,
            "a threshold belongs to a method: name the `method` that it is for (at /threshold)",
        ),
        (
            r#"{ "column": { "temp": { "threshold": 0.1 } } }"#,
            "a threshold belongs to a method: name the `method` that it is for (at \
             /column/temp/threshold)",
        ),
        (
            r#"{ "column": { "a/b": { "bins": 1 } } }"#,
            "expected 2 to 1000 bins, found 1 (at /column/a~1b/bins)",
        ),
        (
            r#"{ "column": { "temp": { "edges": [2, 1] } } }"#,
            "expected numbers in ascending order (at /column/temp/edges)",
        ),
        (
            r#"{ "column": { "temp": { "edges": [] } } }"#,
            "expected 1 to 999 edges, found 0 (at /column/temp/edges)",
        ),
        (
            r#"{ "column": { "dewp": {} } }"#,
            "there is no column `dewp` in the reference (at /column/dewp)",
        ),
        (
            r#"{ "target": "arr_delay" }"#,
            "there is no column `arr_delay` in the reference (at /target)",
        ),
        (
            r#"{ "prediction": "raw" }"#,
            "column `raw` holds `Binary`, which cannot be compared (at /prediction)",
        ),
        (
            r#"{ "weights": { "dewp": 1 } }"#,
            "expected a weight above 0 for at least one of the columns that are compared (at \
             /weights)",
        ),
        (
            r#"{ "missing_shift": 2 }"#,
            "expected a share from 0 to 1, found 2 (at /missing_shift)",
        ),
        (
            r#"{ "domain_classifier": { "threshold": 0.4 } }"#,
            "expected an area from 0.5 to 1, found 0.4 (at /domain_classifier/threshold)",
        ),
        (
            r#"{ "domain_classifier": { "rows": 1 } }"#,
            "expected 10 to 100000 rows, found 1 (at /domain_classifier/rows)",
        ),
        (
            r#"{ "domain_classifier": { "folds": 1 } }"#,
            "expected 2 to 20 folds, found 1 (at /domain_classifier/folds)",
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
            "column `raw` holds `Binary`, which cannot be compared (at /columns/1)",
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

#[test]
fn methods_are_for_some_columns_only() {
    let refuse = |json: &str, columns: &dyn Fn() -> Vec<(&'static str, ArrayRef)>| {
        compare(json, columns(), columns()).unwrap_err().to_string()
    };
    let letters = || vec![("carrier", texts(["AA", "UA", "B6"]))];
    assert_eq!(
        refuse(r#"{ "method": "ks" }"#, &letters),
        "`ks` compares numbers, and column `carrier` holds texts: for columns of numbers alone \
         there is `method_numbers = \"ks\"` (at /method)"
    );
    assert_eq!(
        refuse(
            r#"{ "column": { "carrier": { "method": "wasserstein" } } }"#,
            &letters
        ),
        "`wasserstein` compares numbers, and column `carrier` holds texts (at \
         /column/carrier/method)"
    );
    assert_eq!(
        refuse(r#"{ "method": "z_test" }"#, &letters),
        "the z-test compares two different values, and column `carrier` has 3: take \
         `chi_squared` (at /method)"
    );
}

#[test]
fn methods_of_a_kind_are_refused_as_others() {
    let refuse = |json: &str| {
        let columns = || vec![("x", texts(["a", "b"]))];
        compare(json, columns(), columns()).unwrap_err().to_string()
    };
    assert_eq!(
        refuse(r#"{ "method_texts": "ks" }"#),
        "`ks` compares numbers (at /method_texts)"
    );
    assert_eq!(
        refuse(r#"{ "threshold_numbers": 0.1 }"#),
        "a threshold belongs to a method: name the `method` that it is for (at /threshold_numbers)"
    );
    assert_eq!(
        refuse(r#"{ "method_texts": "chi_squared", "threshold_texts": 2 }"#),
        "expected a probability from 0 to 1, found 2 (at /threshold_texts)"
    );
}
