//! What a linear model tells of itself.

use mlhost_linear::{LinearModels, Model};
use mlhost_plugin::{ExplainedTrainer, Outcome};

use crate::{batch, features, fit, floats, numbers, params, table, texts};

const TARGET: &str = r#"{ "target": "y" }"#;

fn explained(model: Model) -> Outcome {
    LinearModels::explain(params(TARGET), model).unwrap()
}

#[test]
fn coefficients_come_in_the_order_of_their_size() {
    let model = fit(TARGET, table(floats(numbers()))).unwrap();
    let outcome = explained(model);
    assert_eq!(
        outcome.summary,
        "3 coefficients; largest: a 3.0171, b -0.4931, c 0.0094"
    );
    let told: Vec<_> = outcome
        .metrics
        .iter()
        .map(|metric| {
            let column = metric.labels.first().map(|(_, column)| column.as_str());
            (metric.name.as_str(), column)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("intercept", None),
            ("coefficient", Some("a")),
            ("coefficient", Some("b")),
            ("coefficient", Some("c")),
        ]
    );
    // LinearRegression().fit(X, y).coef_[0]
    assert!((outcome.metrics[1].value - 3.017095442861798).abs() < 1e-10);
    assert_eq!(outcome.figures[0].name, "coefficients");
}

#[test]
fn each_of_several_classes_has_a_function() {
    let [a, ..] = features();
    let kinds = (0..a.len()).map(|row| ["x", "y", "z"][row % 3]);
    let rows = batch(vec![("a", floats(a.clone())), ("y", texts(kinds))]);
    let outcome = explained(fit(TARGET, rows).unwrap());
    assert_eq!(outcome.summary, "3 functions of 1 features");
    let classes: Vec<_> = outcome
        .metrics
        .iter()
        .filter(|metric| metric.name == "coefficient")
        .map(|metric| metric.labels[0].clone())
        .collect();
    let class = |class: &str| ("class".to_owned(), class.to_owned());
    assert_eq!(classes, [class("x"), class("y"), class("z")]);
    assert_eq!(outcome.figures.len(), 3);
}

#[test]
fn of_two_classes_the_second_has_the_odds() {
    let [a, ..] = features();
    let kinds = (0..a.len()).map(|row| ["no", "yes"][row % 2]);
    let rows = batch(vec![("a", floats(a.clone())), ("y", texts(kinds))]);
    let outcome = explained(fit(TARGET, rows).unwrap());
    let start = "the odds of `yes`, 1 coefficients";
    assert!(outcome.summary.starts_with(start), "{}", outcome.summary);
}
