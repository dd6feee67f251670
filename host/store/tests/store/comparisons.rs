//! Models side by side: equal ones differ in nothing, and what differs is told at its place.

use mlhost_store::{ChainStep, Comparison, Digest};
use serde_json::json;

use crate::fixture::{column, model};

#[test]
fn a_model_is_like_itself() {
    let model = model("arr-delay", 1);
    let same = Comparison::of(&model, &model);
    assert!(same.inputs.is_empty() && same.outputs.is_empty() && same.settings.is_empty());
    assert!(same.steps.iter().all(|step| step.is_same()));
    assert!(same.data.iter().all(|data| data.is_same()));
    assert_eq!(same.metrics[0].difference.unwrap().0, 0.0);
}

#[test]
fn what_differs_is_told_at_its_place() {
    let left = model("arr-delay", 1);
    let mut right = model("arr-delay", 2);
    right.metrics[0].value = 0.75;
    right.signature.inputs.push(column("distance"));
    right.signature.outputs[0].kind = "float".to_owned();
    right.chain[0].params = json!({ "max_depth": 8, "criterion": "squared_error", "a/b": [1] });
    right.chain[0].state = Digest::of(b"another tree");
    let scale = ChainStep {
        step: "scale".to_owned(),
        ..right.chain[0].clone()
    };
    right.chain.insert(0, scale);
    right.data[0].files[0].rows = Some(7);

    let found = Comparison::of(&left, &right);
    insta::assert_json_snapshot!(found);
}

/// An evaluator of several models labels each metric with the step of its model.
#[test]
fn models_of_one_evaluation_are_compared_by_what_was_measured() {
    let mut left = model("arr-delay", 1);
    left.metrics[0]
        .labels
        .insert("model".to_owned(), "tree".to_owned());
    let mut right = model("arr-delay", 1);
    right.chain[0].step = "linear".to_owned();
    right.metrics[0]
        .labels
        .insert("model".to_owned(), "linear".to_owned());
    right.metrics[0].value = f64::NAN;

    let found = Comparison::of(&left, &right);
    let [metric] = found.metrics.as_slice() else {
        panic!("{:?}", found.metrics)
    };
    assert!(metric.left.is_some() && metric.right.unwrap().0.is_nan());
    let text = serde_json::to_value(metric).unwrap();
    assert_eq!(text["right"], "NaN");
    assert_eq!(text["labels"], json!({ "output": "arr_delay" }));
}
