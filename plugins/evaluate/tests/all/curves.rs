//! Curves and what is told of them: against scikit-learn, and beyond the scores that are kept exact.

use mlhost_plugin::Outcome;
use serde_json::Value;

use crate::reference::{EXPECTED, late, numbers};
use crate::{batch, booleans, floats, metrics, score};

const TARGET: &str = r#"{ "target": "y" }"#;

/// The points of a figure.
fn points(outcome: &Outcome, name: &str) -> Vec<(f64, f64)> {
    let figure = outcome.figures.iter().find(|one| one.name == name).unwrap();
    pairs(&figure.data["x"], &figure.data["series"][0]["values"])
}

fn pairs(x: &Value, y: &Value) -> Vec<(f64, f64)> {
    numbers(x).into_iter().zip(numbers(y)).collect()
}

fn near(left: &(f64, f64), right: &(f64, f64)) -> bool {
    (left.0 - right.0).abs() < 1e-12 && (left.1 - right.1).abs() < 1e-12
}

#[test]
fn drawn_points_are_those_of_scikit_learn() {
    let outcome = score(TARGET, late()).unwrap();
    for name in ["roc_curve", "precision_recall_curve", "calibration_curve"] {
        let expected = &EXPECTED["late"][name];
        let expected = pairs(&expected["x"], &expected["y"]);
        let drawn = points(&outcome, name);
        for point in &drawn {
            let is_known = expected.iter().any(|other| near(point, other));
            assert!(is_known, "{point:?} of {name}");
        }
        // What is left out lies within a step of what is drawn; scikit-learn adds a precision of 1
        // for a recall of 0, which no row stands for.
        for point in expected
            .iter()
            .filter(|point| name != "precision_recall_curve" || point.0 > 0.0)
        {
            let nearest = drawn
                .iter()
                .map(|other| (point.0 - other.0).abs().max((point.1 - other.1).abs()));
            let nearest = nearest.fold(f64::INFINITY, f64::min);
            assert!(nearest < 1.0 / 128.0, "{point:?} of {name}");
        }
        assert!(drawn.len() < 300);
    }
    let calibration = points(&outcome, "calibration_curve");
    assert_eq!(calibration.len(), 9);
}

/// More different scores than are kept: every one of them its own.
fn many(rows: u32) -> (Vec<bool>, Vec<f64>) {
    let hashed = |row: u32| f64::from(row.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24);
    let scores: Vec<f64> = (0..rows).map(|row| 0.001 + 0.998 * hashed(row)).collect();
    let chance = |row: u32| f64::from(row.wrapping_mul(2_246_822_519) >> 8) / f64::from(1 << 24);
    let truth = (0..rows)
        .zip(&scores)
        .map(|(row, score)| chance(row) < *score);
    (truth.collect(), scores)
}

#[test]
fn beyond_the_exact_scores_errors_are_bounded_and_told() {
    let (truth, scores) = many(200_000);
    // Areas by sorting.
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|left, right| scores[*right].total_cmp(&scores[*left]));
    let positives = truth.iter().filter(|one| **one).count() as f64;
    let negatives = truth.len() as f64 - positives;
    let (mut right, mut taken, mut area, mut precision) = (0.0, 0.0, 0.0, 0.0);
    for row in order {
        taken += 1.0;
        if truth[row] {
            right += 1.0;
            precision += right / taken / positives;
        } else {
            area += right / positives / negatives;
        }
    }
    let rest: Vec<f64> = scores.iter().map(|score| 1.0 - score).collect();
    let outcome = score(
        TARGET,
        batch(vec![
            ("y", booleans(truth.clone())),
            ("prediction", booleans(truth)),
            ("probability_false", floats(rest)),
            ("probability_true", floats(scores)),
        ]),
    )
    .unwrap();
    let details = &outcome.findings[0].details;
    for (name, expected) in [("roc_auc", area), ("average_precision", precision)] {
        let found = metrics(&outcome)
            .into_iter()
            .find(|(other, _)| other == name);
        let (_, found) = found.unwrap();
        let bound = details[&format!("{name}_error")].as_f64().unwrap();
        assert!(
            (found - expected).abs() <= bound,
            "{name} {found} {expected} {bound}"
        );
        assert!(bound < 5e-3, "{name} {bound}");
    }
}

#[test]
fn exact_scores_have_no_error_to_tell() {
    let outcome = score(TARGET, late()).unwrap();
    let details = &outcome.findings[0].details;
    assert!(details.contains_key("roc_auc"));
    assert!(!details.contains_key("roc_auc_error"));
}

#[test]
fn numbers_that_are_no_probabilities_are_ranked_and_no_more() {
    let rows = batch(vec![
        ("y", booleans(vec![true, false, true])),
        ("prediction", booleans(vec![true, false, false])),
        ("probability_false", floats(vec![-3.0, 2.0, 0.5])),
        ("probability_true", floats(vec![3.0, -2.0, -0.5])),
    ]);
    let outcome = score(TARGET, rows).unwrap();
    let found = metrics(&outcome);
    assert!(found.contains(&("roc_auc".to_owned(), 1.0)));
    let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert!(!names.contains(&"brier_score") && !names.contains(&"expected_calibration_error"));
    assert!(
        outcome
            .figures
            .iter()
            .all(|figure| figure.name != "calibration_curve")
    );
}
