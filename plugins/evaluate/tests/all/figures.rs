//! What is drawn of a regression, and how figures of several models are told apart.

use mlhost_evaluate::Evaluate;
use mlhost_plugin::Evaluator;
use serde_json::json;

use crate::reference::numbers;
use crate::{batch, floats, observe, params, score};

const TARGET: &str = r#"{ "target": "y" }"#;

#[test]
fn residuals_are_bars_of_one_width_with_the_rest_beyond() {
    let y: Vec<f64> = (0..1_000)
        .map(|row| f64::from(row % 100))
        .chain([900.0])
        .collect();
    let rows = y.len();
    let outcome = score(
        TARGET,
        batch(vec![
            ("y", floats(y)),
            ("prediction", floats(vec![50.0; rows])),
        ]),
    );
    let figures = outcome.unwrap().figures;
    let names: Vec<_> = figures.iter().map(|figure| figure.name.as_str()).collect();
    assert_eq!(names, ["residuals", "residuals_by_prediction"]);
    let bars = &figures[0].data;
    let labels = bars["x"].as_array().unwrap();
    let counts = numbers(&bars["series"][0]["values"]);
    assert_eq!(labels.len(), counts.len());
    assert_eq!(labels[0], json!("-50 to -45"));
    assert_eq!(labels.last().unwrap(), &json!("from 50"));
    // Five whole numbers a bar, ten times each.
    assert_eq!(counts[0], 50.0);
    assert_eq!(counts.last(), Some(&1.0));
    assert_eq!(counts.iter().sum::<f64>(), 1_001.0);
}

#[test]
fn the_mean_residual_has_a_band() {
    // What is predicted as 10 is 1 too low on average, and what is predicted as 30 right.
    let outcome = score(
        TARGET,
        batch(vec![
            ("y", floats(vec![11.0, 13.0, 9.0, 33.0, 27.0])),
            ("prediction", floats(vec![10.0, 10.0, 10.0, 30.0, 30.0])),
        ]),
    );
    let figures = outcome.unwrap().figures;
    let lines = &figures[1].data;
    assert_eq!(lines["x"], json!([10.0, 30.0]));
    assert_eq!(lines["rows"], json!([3, 2]));
    let deviation = (8.0_f64 / 3.0).sqrt();
    let values = |place: usize| numbers(&lines["series"][place]["values"]);
    assert_eq!(values(1), [1.0, 0.0]);
    assert!((values(0)[0] - (1.0 - deviation)).abs() < 1e-12);
    assert_eq!(values(2)[1], 3.0);
}

#[test]
fn one_value_is_one_bar() {
    let outcome = score(
        TARGET,
        batch(vec![
            ("y", floats(vec![2.5; 3])),
            ("prediction", floats(vec![2.0; 3])),
        ]),
    );
    let figures = outcome.unwrap().figures;
    assert_eq!(figures[0].data["x"], json!(["0.5"]));
    assert_eq!(figures[0].data["series"][0]["values"], json!([3]));
}

#[test]
fn figures_of_several_models_carry_their_names() {
    let rows = batch(vec![
        ("y", floats(vec![1.0, 2.0])),
        ("prediction", floats(vec![1.0, 3.0])),
    ]);
    let state = || observe(TARGET, rows.clone()).unwrap();
    let models = vec![("old".to_owned(), state()), ("new".to_owned(), state())];
    let outcome = Evaluate::assess(params(TARGET), models).unwrap();
    let names: Vec<_> = outcome
        .figures
        .iter()
        .map(|figure| figure.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "models",
            "residuals_old",
            "residuals_by_prediction_old",
            "residuals_new",
            "residuals_by_prediction_new",
        ]
    );
    assert_eq!(outcome.figures[1].title, "Residuals of old");
}
