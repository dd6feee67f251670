//! What a tree tells of itself.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch};
use mlhost_plugin::{ExplainedTrainer, Outcome, Verdict, testing};
use mlhost_tree::{DecisionTree, Grow, Params};

fn params(json: &str) -> Params {
    serde_json::from_str(json).unwrap()
}

fn explained(json: &str, columns: Vec<(String, Vec<f64>)>) -> Outcome {
    let columns = columns
        .into_iter()
        .map(|(name, values)| (name, Arc::new(Float64Array::from(values)) as ArrayRef));
    let rows = [RecordBatch::try_from_iter(columns).unwrap()];
    let fitted = testing::fit::<Grow>(params(json), &rows).unwrap();
    DecisionTree::explain(params(json), fitted).unwrap()
}

fn importances(outcome: &Outcome) -> Vec<(&str, f64)> {
    let of_features = outcome
        .metrics
        .iter()
        .filter(|metric| metric.name == "impurity_importance");
    of_features
        .map(|metric| (metric.labels[0].1.as_str(), metric.value))
        .collect()
}

/// Around their mean of 5.5 the targets have squares of 83 in sum. The root splits by `b`, whose halves
/// keep 2 and 0; `a` splits the first of them again, and nothing is left.
#[test]
fn features_share_what_their_splits_have_lowered() {
    let outcome = explained(
        r#"{"target": "y"}"#,
        vec![
            ("a".to_owned(), vec![0.0, 1.0, 0.0, 1.0]),
            ("b".to_owned(), vec![0.0, 0.0, 1.0, 1.0]),
            ("same".to_owned(), vec![7.0; 4]),
            ("y".to_owned(), vec![0.0, 2.0, 10.0, 10.0]),
        ],
    );
    assert_eq!(
        importances(&outcome),
        [("b", 81.0 / 83.0), ("a", 2.0 / 83.0)]
    );
    assert_eq!(outcome.verdict, Verdict::Passed);
    assert_eq!(
        outcome.summary,
        "a tree of depth 2 with 3 leaves; impurity lowered by b 97.6 %, a 2.4 %"
    );
    assert_eq!(outcome.figures[0].data["x"], serde_json::json!(["b", "a"]));
}

#[test]
fn a_tree_of_one_leaf_leans_on_nothing() {
    let outcome = explained(
        r#"{"target": "y"}"#,
        vec![
            ("a".to_owned(), vec![0.0, 1.0]),
            ("y".to_owned(), vec![3.0, 3.0]),
        ],
    );
    assert_eq!(outcome.summary, "a tree of depth 0 with 1 leaves; no split");
    assert!(importances(&outcome).is_empty());
    assert!(outcome.figures.is_empty());
}

#[test]
fn of_very_many_features_those_that_matter_most_are_told() {
    let rows = 1000_u32;
    let mut columns: Vec<_> = (0..80_u32)
        .map(|feature| {
            let mixed = |row: u32| (row * 80 + feature).wrapping_mul(2_654_435_761) >> 16;
            let values = (0..rows).map(|row| f64::from(mixed(row) % 1009));
            (format!("f{feature}"), values.collect())
        })
        .collect();
    let target = (0..rows).map(|row| f64::from((row * row * 31) % 97));
    columns.push(("y".to_owned(), target.collect()));
    let outcome = explained(r#"{"target": "y"}"#, columns);
    let told = importances(&outcome);
    assert_eq!(told.len(), 20);
    assert!(told.is_sorted_by(|(_, more), (_, less)| more >= less));
}
