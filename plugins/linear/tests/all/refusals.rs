//! What is wrong with parameters, schema or data is said in one sentence.

use arrow_array::Float64Array;
use mlhost_linear::{Linear, Model, Params, Predictor};
use mlhost_plugin::{ErrorKind, RecordBatch};

use crate::{batch, fit, floats, predict, texts};

fn rows() -> RecordBatch {
    batch(vec![
        ("temp", floats(vec![1.0, 2.0])),
        ("carrier", texts(["AA", "UA"])),
        ("delay", floats(vec![1.0, 3.0])),
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
            r#"{ "target": "delay" }"#,
            "a feature is a number, and column `carrier` holds `string`; encode it before this step, \
             or name the features without it (at /features)",
        ),
        (
            r#"{ "target": "delay", "features": ["temp", "carrier"] }"#,
            "a feature is a number, and column `carrier` holds `string`; encode it before this step, \
             or name the features without it (at /features/1)",
        ),
        (
            r#"{ "target": "delay", "features": ["delay"] }"#,
            "`delay` is the target, and cannot be a feature as well (at /features/0)",
        ),
        (
            r#"{ "target": "delay", "features": [] }"#,
            "there is no column to predict from (at /features)",
        ),
        (
            r#"{ "target": "carrier", "task": "regression" }"#,
            "a regression needs a column of numbers, and `carrier` holds `string` (at /target)",
        ),
        (
            r#"{ "target": "delay", "alpha": -1 }"#,
            "expected a penalty of 0 or more, found -1 (at /alpha)",
        ),
        (
            r#"{ "target": "carrier", "penalty": "l1", "features": ["temp"] }"#,
            "a classification knows the penalty `l2` only (at /penalty)",
        ),
        (
            r#"{ "target": "delay", "l1_ratio": 0.5 }"#,
            "only `penalty = \"elasticnet\"` has an l1_ratio (at /l1_ratio)",
        ),
        (
            r#"{ "target": "delay", "penalty": "l1", "l1_ratio": 0.5 }"#,
            "only `penalty = \"elasticnet\"` has an l1_ratio (at /l1_ratio)",
        ),
        (
            r#"{ "target": "delay", "penalty": "elasticnet", "l1_ratio": 1.5 }"#,
            "expected a share from 0 to 1, found 1.5 (at /l1_ratio)",
        ),
        (
            r#"{ "target": "delay", "tolerance": 0 }"#,
            "expected a tolerance above 0, found 0 (at /tolerance)",
        ),
        (
            r#"{ "target": "delay", "max_iterations": 0 }"#,
            "expected at least one iteration (at /max_iterations)",
        ),
    ];
    for (json, message) in cases {
        let error = fit(json, rows()).unwrap_err();
        assert_eq!(
            (error.kind, error.to_string().as_str()),
            (ErrorKind::InvalidParams, message)
        );
    }
}

#[test]
fn unknown_parameters_are_refused() {
    let error = serde_json::from_str::<Params>(r#"{ "target": "y", "C": 1 }"#).unwrap_err();
    assert!(error.to_string().starts_with("unknown field `C`"));
    let json = r#"{ "target": "y", "penalty": "lasso" }"#;
    let error = serde_json::from_str::<Params>(json)
        .unwrap_err()
        .to_string();
    let expected = "unknown variant `lasso`, expected one of `l2`, `l1`, `elasticnet`";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn missing_features_are_refused_in_training_and_in_use() {
    let message =
        "feature `temp` is null, NaN or infinite in 2 rows of a batch; impute it before this step";
    let gaps = Float64Array::from(vec![None, Some(f64::NAN), Some(1.0)]);
    let rows = batch(vec![("temp", floats(gaps)), ("y", floats(vec![1.0; 3]))]);
    let error = fit(r#"{ "target": "y" }"#, rows.clone()).unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::InvalidData, message)
    );

    let known = batch(vec![
        ("temp", floats(vec![1.0, 2.0])),
        ("y", floats(vec![1.0, 2.0])),
    ]);
    let model = fit(r#"{ "target": "y" }"#, known).unwrap();
    let error = predict(model.clone(), rows).unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::InvalidData, message)
    );

    let error = predict(model, batch(vec![("tmp", floats(vec![1.0]))])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no column `temp` in the input; did you mean `tmp`? (at /features)"
    );
}

#[test]
fn a_damaged_model_is_refused() {
    let model = Model {
        features: vec!["temp".to_owned()],
        predictor: Predictor::Regression(Linear::default()),
    };
    let error = predict(model, rows()).unwrap_err();
    assert_eq!(error.message, "the model lacks coefficients");
}

#[test]
fn nothing_to_learn_from_is_refused() {
    let none = Float64Array::from(vec![None, None]);
    let rows = batch(vec![("temp", floats(vec![1.0, 2.0])), ("y", floats(none))]);
    let error = fit(r#"{ "target": "y" }"#, rows.clone()).unwrap_err();
    assert_eq!(error.message, "no row has a target to learn from");
    let json = r#"{ "target": "y", "task": "classification" }"#;
    let error = fit(json, rows).unwrap_err();
    assert_eq!(
        error.message,
        "a classification needs a target of two classes or more, and no row has one"
    );
    let rows = batch(vec![
        ("temp", floats(vec![1.0, 2.0])),
        ("y", texts(["no", "no"])),
    ]);
    let error = fit(r#"{ "target": "y" }"#, rows).unwrap_err();
    assert_eq!(
        error.message,
        "a classification needs a target of two classes or more, and all are `no`"
    );
}

#[test]
fn numbers_that_are_too_large_are_refused() {
    let rows = batch(vec![
        ("temp", floats(vec![1e300, -1e300])),
        ("y", floats(vec![1.0, 2.0])),
    ]);
    assert_eq!(
        fit(r#"{ "target": "y" }"#, rows).unwrap_err().message,
        "the values of feature `temp` are too large to square"
    );
    let rows = batch(vec![
        ("temp", floats(vec![1.0, 2.0])),
        ("y", floats(vec![f64::INFINITY, 2.0])),
    ]);
    assert_eq!(
        fit(r#"{ "target": "y" }"#, rows).unwrap_err().message,
        "the sums over the rows overflow; scale the features or the target"
    );
}
