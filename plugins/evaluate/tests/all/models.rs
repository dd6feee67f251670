//! Several models side by side.

use mlhost_evaluate::Evaluate;
use mlhost_plugin::Evaluator;
use serde_json::json;

use crate::{batch, floats, metrics, observe, params};

const TARGET: &str = r#"{ "target": "y" }"#;

#[test]
fn metrics_carry_the_model_where_there_is_more_than_one() {
    let model = |prediction| {
        let rows = vec![
            ("y", floats(vec![1.0, 2.0])),
            ("prediction", floats(vec![1.0, prediction])),
        ];
        observe(TARGET, batch(rows)).unwrap()
    };
    let models = vec![
        ("old".to_owned(), model(4.0)),
        ("new".to_owned(), model(2.5)),
    ];
    let outcome = Evaluate::assess(params(TARGET), models).unwrap();
    assert!(outcome.passed());
    assert_eq!(outcome.summary, "2 models were scored: old, new");
    assert!(metrics(&outcome).contains(&("mae model=old".to_owned(), 1.0)));
    assert!(metrics(&outcome).contains(&("mae model=new".to_owned(), 0.25)));
    assert!(
        outcome
            .metrics
            .iter()
            .all(|metric| !metric.labels.is_empty())
    );
    assert_eq!(
        outcome.findings[1].message,
        "new: r2 0.5000, rmse 0.3536, mae 0.2500, median_absolute_error 0.2500 on 2 rows"
    );
    assert_eq!(outcome.findings[1].details["model"], "new");
    assert_eq!(outcome.figures[0].data["columns"][0], json!("model"));
    assert_eq!(outcome.figures[0].data["rows"][0][3], json!(1.0));
}

#[test]
fn no_model_is_no_reason_to_panic() {
    let outcome = Evaluate::assess(params(TARGET), vec![]).unwrap();
    assert_eq!(outcome.summary, "no model was scored");
}
