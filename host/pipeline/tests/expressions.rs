//! What can be written in an expression, what it results in, and what is said when it is wrong.

#![expect(clippy::panic, reason = "a test fails by panicking")]

#[path = "common/scope.rs"]
mod scope;

use mlhost_pipeline::Expression;
use scope::Scope;
use serde_json::{Value, json};

/// Two steps that are done, one that was skipped and one that failed.
fn known() -> Scope {
    let mut scope = Scope::default();
    for (name, value) in [
        ("retrain", json!(true)),
        ("minimum", json!(1)),
        ("share", json!(0.5)),
        ("model", json!("tree")),
        ("depths", json!([4, 8, 12])),
        ("features", json!(["dep_delay", "distance"])),
        ("with-dash", json!(3)),
    ] {
        scope.param(name, value);
    }
    scope.each("max_depth", json!(8));
    for (field, value) in [("mae", 12.5), ("r2", 0.42), ("rmse", f64::NAN)] {
        scope.metric("evaluate", field, value);
    }
    scope.field("evaluate", "rows", json!(1000));
    scope.field("evaluate", "outcome", json!("done"));
    scope.metric("drift-check", "share_drifted", 0.25);
    scope.field("drift-check", "verdict", json!("warning"));
    scope.not_done("tree", "r2", "skipped");
    scope.field("tree", "outcome", json!("skipped"));
    scope.not_done("linear", "r2", "failed");
    scope
}

#[track_caller]
fn assert_value(text: &str, expected: Value) {
    let expression = Expression::parse(text).unwrap_or_else(|mistake| panic!("{text}: {mistake}"));
    let checked = expression.check(&known());
    assert!(checked.is_ok(), "{text}: {checked:?}");
    assert_eq!(expression.evaluate(&known()), Ok(expected), "{text}");
}

#[test]
fn numbers_of_different_types_are_compared() {
    assert_value("params.minimum > evaluate.r2", json!(true));
    assert_value("evaluate.r2 > params.minimum", json!(false));
    assert_value("evaluate.mae > 12 && evaluate.mae < 13", json!(true));
    assert_value("1 == 1.0 && 1.0 == 1 && 1 != 1.5", json!(true));
    assert_value("1.0 in [1, 2] && 2 in [2.0]", json!(true));
    assert_value("evaluate.rows >= 1e3", json!(true));
}
