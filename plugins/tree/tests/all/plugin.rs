//! The plugin as a host sees it: parameters, rows without a target, features that are
//! missing, and what comes out.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float32Array, Float64Array, Int64Array,
    RecordBatch, StringArray,
};
use mlhost_plugin::{Error, ErrorKind, Fit, Transform, testing};
use mlhost_tree::{Fitted, Grow, Params, Predict};
use proptest::prelude::*;

fn params(json: &str) -> Params {
    serde_json::from_str(json).unwrap()
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

fn numbers(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn fit(json: &str, rows: &[RecordBatch]) -> Result<Fitted, Error> {
    testing::fit::<Grow>(params(json), rows)
}

fn predict(json: &str, fitted: Fitted, rows: &RecordBatch) -> Result<RecordBatch, Error> {
    Ok(testing::transform::<Predict>(params(json), fitted, std::slice::from_ref(rows))?.remove(0))
}

fn refused(json: &str, rows: &RecordBatch) -> (ErrorKind, String) {
    let error = fit(json, std::slice::from_ref(rows)).unwrap_err();
    (error.kind, error.to_string())
}

fn small() -> RecordBatch {
    batch(vec![
        ("length", numbers(&[1.0, 2.0, 8.0, 9.0])),
        (
            "wide",
            Arc::new(BooleanArray::from(vec![false, true, false, true])),
        ),
        ("day", Arc::new(Date32Array::from(vec![1, 2, 3, 4]))),
        ("kind", texts(&["short", "short", "long", "long"])),
        (
            "mass",
            Arc::new(Float32Array::from(vec![1.5, 1.5, 4.0, 6.0])),
        ),
    ])
}

#[test]
fn a_regression_adds_a_number() {
    let json = r#"{"target": "mass", "max_depth": 1}"#;
    let fitted = fit(json, &[small()]).unwrap();
    assert_eq!(fitted.features, ["length", "wide"]);
    assert_eq!(fitted.classes, None);
    let predicted = predict(json, fitted, &small()).unwrap();
    assert_eq!(
        predicted,
        batch(vec![("prediction", numbers(&[1.5, 1.5, 5.0, 5.0]))])
    );
}

#[test]
fn a_classification_adds_a_class_and_its_probabilities() {
    let json = r#"{"target": "kind", "features": ["wide"]}"#;
    let predicted = predict(json, fit(json, &[small()]).unwrap(), &small()).unwrap();
    let expected = batch(vec![
        // Of equally probable classes the first.
        ("prediction", texts(&["long"; 4])),
        ("probability_long", numbers(&[0.5; 4])),
        ("probability_short", numbers(&[0.5; 4])),
    ]);
    assert_eq!(predicted, expected);
}

#[test]
fn whole_numbers_and_booleans_can_be_classes() {
    let ages: ArrayRef = Arc::new(Int64Array::from(vec![10, 9, 9, -1]));
    let rows = batch(vec![("x", numbers(&[1.0, 2.0, 3.0, 4.0])), ("age", ages)]);
    let json = r#"{"target": "age", "task": "classification", "criterion": "entropy"}"#;
    let fitted = fit(json, std::slice::from_ref(&rows)).unwrap();
    assert_eq!(fitted.classes.as_deref().unwrap(), ["-1", "9", "10"]);
    let predicted = predict(json, fitted, &rows).unwrap();
    assert_eq!(predicted.column(0), &texts(&["10", "9", "9", "-1"]));

    let json = r#"{"target": "wide"}"#;
    let fitted = fit(json, &[small()]).unwrap();
    assert_eq!(fitted.classes.unwrap(), ["false", "true"]);
}

#[test]
fn rows_without_a_target_teach_nothing_and_may_lack_features() {
    let target = Float64Array::from(vec![Some(1.0), None, Some(f64::NAN), Some(3.0)]);
    let feature = Float64Array::from(vec![Some(1.0), None, Some(f64::NAN), Some(2.0)]);
    let rows = batch(vec![("x", Arc::new(feature)), ("y", Arc::new(target))]);
    let without = batch(vec![
        ("x", numbers(&[1.0, 2.0])),
        ("y", numbers(&[1.0, 3.0])),
    ]);
    let json = r#"{"target": "y"}"#;
    assert_eq!(fit(json, &[rows]).unwrap(), fit(json, &[without]).unwrap());
}

#[test]
fn a_missing_feature_is_named_with_its_row() {
    let x = Float64Array::from(vec![Some(1.0), Some(2.0), None]);
    let y = Float64Array::from(vec![None, Some(2.0), Some(3.0)]);
    let rows = batch(vec![("x", Arc::new(x)), ("y", Arc::new(y))]);
    let json = r#"{"target": "y"}"#;
    let message = "the feature `x` is missing (null or NaN) in row 2; impute it first";
    assert_eq!(
        refused(json, &rows),
        (ErrorKind::InvalidData, message.to_owned())
    );

    let sound = batch(vec![
        ("x", numbers(&[1.0, 2.0])),
        ("y", numbers(&[1.0, 3.0])),
    ]);
    let fitted = fit(json, std::slice::from_ref(&sound)).unwrap();
    let nan = batch(vec![("x", numbers(&[1.0, f64::NAN]))]);
    let both = [batch(vec![("x", numbers(&[1.0, 2.0]))]), nan];
    let error = testing::transform::<Predict>(params(json), fitted, &both).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the feature `x` is missing (null or NaN) in row 3; impute it first"
    );
}

#[test]
fn a_target_that_teaches_nothing_is_refused() {
    let json = r#"{"target": "y"}"#;
    let nothing = batch(vec![("x", numbers(&[1.0])), ("y", numbers(&[f64::NAN]))]);
    let message = "no row has a target `y` to learn from";
    assert_eq!(
        refused(json, &nothing),
        (ErrorKind::InvalidData, message.to_owned())
    );
    let endless = batch(vec![
        ("x", numbers(&[1.0, 2.0])),
        ("y", numbers(&[1.0, f64::INFINITY])),
    ]);
    let message = "the target `y` is infinite in row 1";
    assert_eq!(
        refused(json, &endless),
        (ErrorKind::InvalidData, message.to_owned())
    );
    let names: Vec<String> = (0..1001).map(|row| row.to_string()).collect();
    let many = batch(vec![
        ("x", numbers(&vec![1.0; 1001])),
        ("y", Arc::new(StringArray::from(names))),
    ]);
    let message = "the target `y` has more than 1000 classes";
    assert_eq!(
        refused(json, &many),
        (ErrorKind::InvalidData, message.to_owned())
    );
}

#[test]
fn wrong_parameters_are_found_before_a_row_is_read() {
    for (json, message) in [
        (
            r#"{"target": "mas"}"#,
            "there is no column `mas` in the input; did you mean `mass`? (at /target)",
        ),
        (
            r#"{"target": "kind", "task": "regression"}"#,
            "a regression needs a target of numbers, and `kind` holds `string` (at /task)",
        ),
        (
            r#"{"target": "mass", "task": "classification"}"#,
            "a classification needs a target of texts, booleans or integers, and `mass` holds `float` (at /task)",
        ),
        (
            r#"{"target": "mass", "features": ["length", "kind"]}"#,
            "a feature has to be a column of numbers, and `kind` holds `string`; encode it first (at /features/1)",
        ),
        (
            r#"{"target": "mass", "features": ["mass"]}"#,
            "`mass` is the target (at /features/0)",
        ),
        (
            r#"{"target": "mass", "features": []}"#,
            "there is no feature to learn from (at /features)",
        ),
        (
            r#"{"target": "mass", "criterion": "gini"}"#,
            "`gini` and `entropy` are for classifications; a regression has `squared_error` (at /criterion)",
        ),
        (
            r#"{"target": "kind", "criterion": "squared_error"}"#,
            "`squared_error` is for regressions; a classification has `gini` and `entropy` (at /criterion)",
        ),
        (
            r#"{"target": "mass", "max_depth": 0}"#,
            "has to be 1 or more, and is 0 (at /max_depth)",
        ),
        (
            r#"{"target": "mass", "min_samples_split": 1}"#,
            "has to be 2 or more, and is 1 (at /min_samples_split)",
        ),
        (
            r#"{"target": "mass", "min_impurity_decrease": -1}"#,
            "has to be 0 or more, and is -1 (at /min_impurity_decrease)",
        ),
    ] {
        let error = Grow::open(params(json), &small().schema()).err().unwrap();
        assert_eq!(
            (error.kind, error.to_string()),
            (ErrorKind::InvalidParams, message.to_owned())
        );
    }
    let unknown = serde_json::from_str::<Params>(r#"{"target": "y", "depth": 3}"#).unwrap_err();
    assert!(unknown.to_string().starts_with("unknown field `depth`"));
}

#[test]
fn prediction_wants_the_features_and_nothing_else() {
    let json = r#"{"target": "mass"}"#;
    let fitted = fit(json, &[small()]).unwrap();
    let serving = batch(vec![
        ("extra", texts(&["?"])),
        ("wide", Arc::new(BooleanArray::from(vec![true]))),
        ("length", Arc::new(Int64Array::from(vec![1]))),
    ]);
    let transform = Predict::open(params(json), fitted.clone(), &serving.schema()).unwrap();
    assert_eq!(transform.columns(), ["length", "wide"]);
    assert!(transform.output().row_wise);
    let predicted = predict(json, fitted.clone(), &serving).unwrap();
    assert_eq!(predicted, batch(vec![("prediction", numbers(&[1.5]))]));

    let missing = batch(vec![("length", numbers(&[1.0]))]);
    let error = predict(json, fitted.clone(), &missing).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no column `wide`, which the tree was grown from"
    );
    let wrong = batch(vec![("length", texts(&["1"])), ("wide", numbers(&[1.0]))]);
    let error = predict(json, fitted, &wrong).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the tree was grown from numbers in the column `length`, and it holds `string`"
    );
}

#[test]
fn no_rows_make_no_predictions() {
    let json = r#"{"target": "kind"}"#;
    let fitted = fit(json, &[small()]).unwrap();
    let predicted = predict(json, fitted, &small().slice(0, 0)).unwrap();
    assert_eq!((predicted.num_rows(), predicted.num_columns()), (0, 3));
}

proptest! {
    #[test]
    fn batches_of_any_size_make_the_same_model(
        rows in prop::collection::vec((-50..50_i32, prop::option::of(-9..9_i32)), 1..200),
        cuts in prop::collection::vec(any::<usize>(), 0..5),
    ) {
        let x: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
        let y: Float64Array = rows.iter().map(|row| row.1.map(f64::from)).collect();
        prop_assume!(y.null_count() < y.len());
        let whole = batch(vec![("x", numbers(&x)), ("y", Arc::new(y))]);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (rows.len() + 1)).chain([0, rows.len()]).collect();
        cuts.sort_unstable();
        let parts: Vec<RecordBatch> =
            cuts.windows(2).map(|ends| whole.slice(ends[0], ends[1] - ends[0])).collect();
        let json = r#"{"target": "y", "max_depth": 3}"#;
        let fitted = fit(json, std::slice::from_ref(&whole)).unwrap();
        prop_assert_eq!(&fit(json, &parts).unwrap(), &fitted);

        let together = predict(json, fitted.clone(), &whole).unwrap();
        let apart = testing::transform::<Predict>(params(json), fitted, &parts).unwrap();
        let values = |batch: &RecordBatch| batch.column(0).as_primitive::<Float64Type>().values().to_vec();
        let apart: Vec<f64> = apart.iter().flat_map(values).collect();
        prop_assert_eq!(apart, values(&together));
    }
}
