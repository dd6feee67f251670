//! Scores of numbers against scikit-learn 1.9.

use arrow_array::Float64Array;

use crate::{assert_metrics, batch, floats, integers, metrics, score};

const TARGET: &str = r#"{ "target": "y" }"#;

#[test]
fn scores_are_those_of_scikit_learn() {
    let rows = batch(vec![
        ("y", floats(vec![3.0, -0.5, 2.0, 7.0, 4.25, 1e3])),
        ("prediction", floats(vec![2.5, 0.0, 2.0, 8.0, 4.0, 990.0])),
    ]);
    let outcome = score(TARGET, rows).unwrap();
    // (r2_score(y, p), root_mean_squared_error(y, p), mean_absolute_error(y, p),
    //  median_absolute_error(y, p), max_error(y, p), mean_absolute_percentage_error(y, p),
    //  explained_variance_score(y, p))
    assert_metrics(
        &outcome,
        &[
            ("r2", 0.9998773580910156),
            ("rmse", 4.114253678777396),
            ("mae", 2.0416666666666665),
            ("median_absolute_error", 0.5),
            ("max_error", 10.0),
            ("mape", 0.22972455648926238),
            ("explained_variance", 0.9998945782729028),
            ("rows", 6.0),
            ("rows_without_target", 0.0),
        ],
    );
    assert!(outcome.passed());
    assert_eq!(
        outcome.summary,
        "r2 0.9999, rmse 4.114, mae 2.042, median_absolute_error 0.5000 on 6 rows"
    );
}

#[test]
fn rows_without_a_target_are_left_out_and_counted() {
    let target = Float64Array::from(vec![Some(1.0), None, Some(f64::NAN), Some(3.0)]);
    let prediction = Float64Array::from(vec![Some(1.5), None, Some(9.0), Some(3.0)]);
    let rows = batch(vec![
        ("y", floats(target)),
        ("prediction", floats(prediction)),
    ]);
    let outcome = score(TARGET, rows).unwrap();
    assert!(metrics(&outcome).contains(&("mae".to_owned(), 0.25)));
    assert!(metrics(&outcome).contains(&("rows".to_owned(), 2.0)));
    assert!(metrics(&outcome).contains(&("rows_without_target".to_owned(), 2.0)));
    assert_eq!(
        outcome.findings[0].message,
        "model: r2 0.8750, rmse 0.3536, mae 0.2500, median_absolute_error 0.2500 on 2 rows \
         (2 without a target left out)"
    );
}

#[test]
fn integers_are_a_regression_too() {
    let rows = batch(vec![
        ("y", integers(vec![1, 2, 3, 2])),
        ("prediction", integers(vec![1, 2, 5, 0])),
    ]);
    let outcome = score(TARGET, rows).unwrap();
    assert_eq!(metrics(&outcome)[0], ("r2".to_owned(), -3.0));
}

#[test]
fn r2_of_a_target_without_variance_is_one_or_zero() {
    for (prediction, r2) in [(0.1, 1.0), (5.0, 0.0)] {
        let rows = batch(vec![
            ("y", floats(vec![0.1; 3])),
            ("prediction", floats(vec![0.1, 0.1, prediction])),
        ]);
        assert_eq!(metrics(&score(TARGET, rows).unwrap())[0].1, r2);
    }
}

#[test]
fn one_row_has_no_r2() {
    let rows = batch(vec![
        ("y", floats(vec![4.0])),
        ("prediction", floats(vec![5.0])),
    ]);
    assert_eq!(metrics(&score(TARGET, rows).unwrap())[0].0, "rmse");
}

#[test]
fn no_rows_cannot_be_scored() {
    for target in [vec![], vec![None, None]] {
        let predictions = vec![Some(1.0); target.len()];
        let rows = batch(vec![
            ("y", floats(Float64Array::from(target.clone()))),
            ("prediction", floats(Float64Array::from(predictions))),
        ]);
        let outcome = score(TARGET, rows).unwrap();
        assert!(!outcome.passed());
        assert_eq!(outcome.metrics.len(), 2);
        let left_out = if target.is_empty() {
            ""
        } else {
            " (2 without a target left out)"
        };
        assert_eq!(
            outcome.summary,
            format!("no row has a target to score by{left_out}")
        );
    }
}
