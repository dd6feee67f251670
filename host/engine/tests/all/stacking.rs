//! A trainer on the predictions of another one.

use std::sync::Arc;

use mlhost_sandbox::digest;
use mlhost_store::Outcome;

use crate::{
    predictions::evaluator_state,
    support::{PIPELINE, Scene, open_model, step},
};

/// A linear model corrects the tree, whose predictions stand beside its input.
fn stacked() -> String {
    let tree_alone = PIPELINE.replace("register = \"numbers\"\n", "");
    tree_alone.replace("model = \"tree\"", "model = \"linear\"")
        + r#"
[steps.linear]
plugin = "mlhost:linear"
input = "tree"
register = "stacked"

[steps.linear.with]
target = "y"
features = ["a", "prediction"]
"#
}

#[test]
fn the_second_predicts_from_the_first() {
    let scene = Scene::new();
    let report = scene.run(&stacked(), 2);
    assert_eq!(report.outcome, Outcome::Done, "{}", report.summary);

    let model = open_model(&scene.path("store"), "stacked@1");
    let chain: Vec<_> = model
        .stored()
        .model
        .chain
        .iter()
        .map(|link| &link.step)
        .collect();
    assert_eq!(chain, ["preprocess", "tree", "linear"]);
    let scored = model.predict(Arc::new(scene.table("test.csv"))).unwrap();
    let state = evaluator_state(&scene, &stacked(), &report, &scored);
    assert_eq!(digest(&state), step(&report, "evaluate").states[0].digest);
}
