//! How sure a difference is: against numpy and scikit-learn, against every possible draw, and the
//! same in however many parts the rows came.

use mlhost_evaluate::{Evaluate, Evaluation};
use mlhost_plugin::{ErrorKind, Evaluator, Outcome, RecordBatch, testing};

use crate::{batch, booleans, floats, params, score, texts};

const ROWS: &str = include_str!("../fixtures/rows.csv");
const DIFFERENCES: &str = include_str!("../fixtures/differences.csv");
const STATISTICS: [&str; 5] = [
    "difference",
    "lower",
    "upper",
    "probability",
    "standard_error",
];

/// The numbers of a column of the fixture.
fn column(name: &str) -> Vec<f64> {
    let mut lines = ROWS.lines();
    let names = lines.next().unwrap().split(',');
    let place = names.into_iter().position(|other| other == name).unwrap();
    let values = lines.map(|line| line.split(',').nth(place).unwrap().parse().unwrap());
    values.collect()
}

/// The rows with the predictions of a model.
fn numbers(model: &str) -> RecordBatch {
    batch(vec![
        ("y", floats(column("y"))),
        ("prediction", floats(column(model))),
    ])
}

fn classes(model: &str) -> RecordBatch {
    let late: Vec<bool> = column("late").iter().map(|late| *late > 0.5).collect();
    let probability = column(&format!("{model}_late"));
    let rest: Vec<f64> = probability.iter().map(|late| 1.0 - late).collect();
    let predicted: Vec<bool> = probability.iter().map(|late| *late > 0.5).collect();
    batch(vec![
        ("y", booleans(late)),
        ("prediction", booleans(predicted)),
        ("probability_true", floats(probability)),
        ("probability_false", floats(rest)),
    ])
}

/// Parameters that ask for these metrics.
fn asking(metrics: &[&str], resamples: u32) -> String {
    let demand = r#"{ "margin": 0.01, "confidence": 0.9 }"#;
    let metrics: Vec<_> = metrics
        .iter()
        .map(|name| format!("\"{name}\": {demand}"))
        .collect();
    format!(
        r#"{{ "target": "y", "bootstrap": {{ "metrics": {{ {} }}, "resamples": {resamples}, "seed": 9 }} }}"#,
        metrics.join(", ")
    )
}

/// Compares two models whose rows come in these parts.
fn compare(json: &str, first: &RecordBatch, second: &RecordBatch, cuts: &[usize]) -> Outcome {
    let state = |rows: &RecordBatch| {
        let ends = cuts.iter().copied().chain([rows.num_rows()]);
        let mut start = 0;
        let parts: Vec<_> = ends
            .map(|end| {
                let part = vec![rows.slice(start, end - start)];
                start = end;
                part
            })
            .collect();
        testing::fold_parts::<Evaluation>(|| params(json), &parts).unwrap()
    };
    let models = vec![
        ("first".to_owned(), state(first)),
        ("second".to_owned(), state(second)),
    ];
    Evaluate::assess(params(json), models).unwrap()
}

fn statistic(outcome: &Outcome, metric: &str, statistic: &str) -> f64 {
    let labels = [
        ("model", "first"),
        ("than", "second"),
        ("statistic", statistic),
    ];
    let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let mut metrics = outcome.metrics.iter();
    let found = metrics.find(|found| found.name == metric && found.labels == labels);
    found.unwrap().value
}

#[test]
fn differences_are_those_of_numpy_and_scikit_learn() {
    let regression = ["r2", "rmse", "mae", "median_absolute_error"];
    let classification = [
        "accuracy",
        "log_loss",
        "roc_auc",
        "precision",
        "recall",
        "f1",
    ];
    let json = |metrics| asking(metrics, 5_000);
    let outcomes = [
        compare(
            &json(&regression),
            &numbers("first"),
            &numbers("second"),
            &[],
        ),
        compare(
            &json(&classification),
            &classes("first"),
            &classes("second"),
            &[],
        ),
    ];
    let mut compared = 0;
    for line in DIFFERENCES.lines().skip(1) {
        let mut cells = line.split(',');
        let metric = cells.next().unwrap();
        let expected: Vec<f64> = cells.map(|cell| cell.parse().unwrap()).collect();
        let outcome = &outcomes[usize::from(classification.contains(&metric))];
        let found = STATISTICS.map(|name| statistic(outcome, metric, name));
        let width = expected[2] - expected[1];
        // An accuracy moves by whole rows.
        let step = if metric == "accuracy" {
            1.0 / 400.0
        } else {
            0.0
        };
        // Both are the work of chance, with 20,000 and 5,000 draws; the difference is not.
        let end = 0.03 * width + step;
        let tolerances = [1e-12, end, end, 0.02, 0.03 * expected[4]];
        for (place, name) in STATISTICS.iter().enumerate() {
            let (found, expected) = (found[place], expected[place]);
            let close = (found - expected).abs() <= tolerances[place];
            assert!(close, "{name} of {metric} is {found}, expected {expected}");
        }
        compared += 1;
    }
    assert_eq!(compared, regression.len() + classification.len());
}

#[test]
fn three_rows_are_drawn_in_all_ways_equally_often() {
    let rows = |predictions| {
        let rows = vec![
            ("y", floats(vec![0.0; 3])),
            ("prediction", floats(predictions)),
        ];
        batch(rows)
    };
    // The first is better by 3 and 1 on two rows, and worse by 2 on one.
    let (first, second) = (rows(vec![1.0, 1.0, 4.0]), rows(vec![4.0, 2.0, 2.0]));
    let ahead = [3.0, 1.0, -2.0];
    let mut met = 0.0;
    for draw in 0..27 {
        let sum: f64 = [draw % 3, draw / 3 % 3, draw / 9]
            .map(|row: usize| ahead[row])
            .iter()
            .sum();
        met += f64::from(u8::from(sum / 3.0 >= 0.01));
    }
    let outcome = compare(&asking(&["mae"], 20_000), &first, &second, &[]);
    let found = statistic(&outcome, "mae", "probability");
    assert!(
        (found - met / 27.0).abs() < 0.015,
        "{found}, {}",
        met / 27.0
    );
    let difference = statistic(&outcome, "mae", "difference");
    assert!((difference + 2.0 / 3.0).abs() < 1e-12, "{difference}");
}

#[test]
fn parts_and_seeds_decide_what_they_should() {
    let json = asking(&["r2", "median_absolute_error"], 300);
    let whole = compare(&json, &numbers("first"), &numbers("second"), &[]);
    for cuts in [vec![1], vec![100, 100, 333], vec![0, 399]] {
        let parts = compare(&json, &numbers("first"), &numbers("second"), &cuts);
        for metric in ["r2", "median_absolute_error"] {
            for name in STATISTICS {
                let found = statistic(&parts, metric, name);
                assert_eq!(found, statistic(&whole, metric, name), "{name} of {metric}");
            }
        }
    }
    let json = asking(&["roc_auc", "log_loss"], 300);
    let whole = compare(&json, &classes("first"), &classes("second"), &[]);
    let parts = compare(&json, &classes("first"), &classes("second"), &[7, 200]);
    for metric in ["roc_auc", "log_loss"] {
        for name in STATISTICS {
            assert_eq!(
                statistic(&parts, metric, name),
                statistic(&whole, metric, name)
            );
        }
    }
    let other = asking(&["r2"], 300).replace("\"seed\": 9", "\"seed\": 10");
    let other = compare(&other, &numbers("first"), &numbers("second"), &[]);
    let json = asking(&["r2"], 300);
    let whole = compare(&json, &numbers("first"), &numbers("second"), &[]);
    let lower = |outcome| statistic(outcome, "r2", "lower");
    assert_ne!(lower(&other), lower(&whole));
}

#[test]
fn a_model_is_not_better_than_itself() {
    let outcome = compare(
        &asking(&["r2", "mae"], 100),
        &numbers("first"),
        &numbers("first"),
        &[],
    );
    for metric in ["r2", "mae"] {
        let found = STATISTICS.map(|name| statistic(&outcome, metric, name));
        assert_eq!(found, [0.0; 5], "{metric}");
    }
}

#[test]
fn models_of_different_rows_are_not_compared() {
    let json = asking(&["mae"], 10);
    let state = |rows: RecordBatch| testing::fold::<Evaluation>(params(&json), &[rows]).unwrap();
    let rows = numbers("first");
    let models = vec![
        ("first".to_owned(), state(rows.clone())),
        ("second".to_owned(), state(rows.slice(1, 399))),
    ];
    let error = Evaluate::assess(params(&json), models).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the models `first` and `second` were not scored on the same rows"
    );
}

#[test]
fn what_cannot_be_resampled_is_told_at_its_place() {
    let with = |bootstrap: &str| format!(r#"{{ "target": "y", "bootstrap": {bootstrap} }}"#);
    let metric = |demand: &str| with(&format!(r#"{{ "metrics": {{ "mae": {demand} }} }}"#));
    let cases = [
        (
            with(r#"{ "metrics": { "accuracy": {} } }"#),
            "/bootstrap/metrics/accuracy",
        ),
        (
            metric(r#"{ "margin": -1 }"#),
            "/bootstrap/metrics/mae/margin",
        ),
        (
            metric(r#"{ "confidence": 1 }"#),
            "/bootstrap/metrics/mae/confidence",
        ),
        (
            with(r#"{ "metrics": {}, "resamples": 0 }"#),
            "/bootstrap/resamples",
        ),
    ];
    for (json, at) in cases {
        let error = score(&json, numbers("first")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidParams, "{error}");
        assert_eq!(error.at.as_deref(), Some(at), "{error}");
    }
    let error = score(
        &with(r#"{ "metrics": { "mae": {} } }"#),
        batch(vec![("y", texts(["a"])), ("prediction", texts(["a"]))]),
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "`mae` cannot be resampled: only `accuracy`, `precision`, `recall`, `f1`, \
         `precision_macro`, `recall_macro`, `f1_macro`, `balanced_accuracy`, `matthews_corrcoef`, \
         `log_loss`, `roc_auc`, `average_precision`, `brier_score`, `expected_calibration_error` can \
         (at /bootstrap/metrics/mae)"
    );
}
