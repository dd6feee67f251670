//! What is wrong with parameters, schema or data is said in one sentence.

use arrow_array::Float64Array;
use mlhost_evaluate::Params;
use mlhost_plugin::ErrorKind;

use crate::{batch, floats, integers, score, texts};

fn rows() -> mlhost_plugin::RecordBatch {
    batch(vec![
        ("delay", floats(vec![1.0])),
        ("prediction", floats(vec![1.0])),
        ("carrier", texts(["AA"])),
        ("probability_AA", floats(vec![0.5])),
    ])
}

#[test]
fn parameters_are_refused_with_where_and_why() {
    let cases = [
        (
            r#"{ "target": "delya" }"#,
            "there is no column `delya` in the input; did you mean `delay`? (at /target)",
        ),
        (
            r#"{ "target": "delay", "prediction": "delay" }"#,
            "column `delay` is the target as well (at /prediction)",
        ),
        (
            r#"{ "target": "delay", "prediction": "carrier" }"#,
            "a regression needs a column of numbers, and `carrier` holds `string` (at /prediction)",
        ),
        (
            r#"{ "target": "delay", "positive": 1 }"#,
            "a regression has no positive class; set `task = \"classification\"` if the numbers \
             are classes (at /positive)",
        ),
        (
            r#"{ "target": "carrier", "positive": "BB" }"#,
            "there is no column `probability_BB` with the probability of the positive class (at \
             /positive)",
        ),
        (
            r#"{ "target": "carrier", "probability_prefix": "" }"#,
            "the prefix must not be empty (at /probability_prefix)",
        ),
        (
            r#"{ "target": "delay", "task": "classification", "probability_prefix": "carr" }"#,
            "a probability is a number, and column `carrier` holds `string` (at /probability_prefix)",
        ),
    ];
    for (json, message) in cases {
        let error = score(json, rows()).unwrap_err();
        assert_eq!(
            (error.kind, error.to_string().as_str()),
            (ErrorKind::InvalidParams, message)
        );
    }
}

#[test]
fn a_positive_class_that_does_not_occur_is_refused() {
    let rows = batch(vec![
        ("late", integers(vec![0, 1])),
        ("prediction", integers(vec![0, 0])),
    ]);
    let json = r#"{ "target": "late", "task": "classification", "positive": true }"#;
    assert_eq!(
        score(json, rows).unwrap_err().to_string(),
        "the positive class `true` is none of those that occur: `0`, `1` (at /positive)"
    );
}

#[test]
fn unknown_parameters_are_refused() {
    let error = serde_json::from_str::<Params>(r#"{ "target": "y", "metric": "r2" }"#);
    assert!(
        error
            .unwrap_err()
            .to_string()
            .starts_with("unknown field `metric`")
    );
}

#[test]
fn unusable_values_are_counted_over_all_rows() {
    let missing = Float64Array::from(vec![None, Some(f64::NAN), Some(f64::INFINITY), Some(1.0)]);
    let rows = batch(vec![
        ("delay", floats(vec![1.0; 4])),
        ("prediction", floats(missing)),
    ]);
    let error = score(r#"{ "target": "delay" }"#, rows).unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidData);
    assert_eq!(
        error.message,
        "model `model`: 3 of 4 predictions in column `prediction` are null, NaN or infinite"
    );

    let rows = batch(vec![
        ("delay", floats(vec![f64::INFINITY, 1.0])),
        ("prediction", floats(vec![1.0; 2])),
    ]);
    let error = score(r#"{ "target": "delay" }"#, rows).unwrap_err();
    assert_eq!(
        error.message,
        "model `model`: 1 of 2 values of the target `delay` are infinite"
    );
}
