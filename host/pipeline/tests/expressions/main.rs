//! Expressions: what can be written, what it results in, what is said when it is wrong, and what
//! holds for all of them.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod bounds;
mod mistakes;
mod properties;
mod scope;
mod typed;
mod values;

use mlhost_pipeline::Expression;
use scope::Scope;
use serde_json::json;

/// Parameters, a turn of a loop, two steps that are done, and three that are not.
fn known() -> Scope {
    let mut scope = Scope::default();
    for (name, value) in [
        ("retrain", json!(true)),
        ("minimum", json!(1)),
        ("share", json!(0.5)),
        ("whole", json!(2.0)),
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
    scope.not_done("tree", "rows", "skipped");
    scope.field("tree", "outcome", json!("skipped"));
    scope.not_done("linear", "r2", "failed");
    scope.not_done("forest", "r2", "cancelled");
    scope
}

#[track_caller]
fn read(text: &str) -> Expression {
    Expression::parse(text).unwrap_or_else(|mistake| panic!("{text}: {mistake}"))
}
