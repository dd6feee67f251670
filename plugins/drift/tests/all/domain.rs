//! The domain classifier: what it can tell and what it cannot.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray};
use mlhost_drift::{Drift, Profiler};
use mlhost_plugin::{DriftDetector, testing};
use mlhost_statistics::hash::mixed;
use serde_json::Value;

use crate::{batch, compare, messages, metric, params};

const EXPECTED: &str = include_str!("../../../../tests/reference/domain/expected.json");

const ASKED: &str = r#"{ "domain_classifier": {} }"#;

/// Numbers from 0 to 1 by SplitMix64, as in the script that made what is expected.
fn uniform(rows: u64, seed: u64) -> Vec<f64> {
    let number = |row: u64| {
        let state = (row + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let bits = mixed(mixed(seed).wrapping_add(state));
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..rows).map(number).collect()
}

fn column(values: Vec<f64>) -> ArrayRef {
    Arc::new(Float64Array::from(values))
}

fn letters(values: &[f64]) -> ArrayRef {
    let letter = |value: &f64| ["a", "b", "c", "d"][(value * 4.0) as usize];
    Arc::new(StringArray::from_iter_values(values.iter().map(letter)))
}

fn independent(seed: u64) -> Vec<(&'static str, ArrayRef)> {
    vec![
        ("x", column(uniform(3000, seed))),
        ("y", column(uniform(3000, seed + 1))),
        ("kind", letters(&uniform(3000, seed + 2))),
    ]
}

#[test]
fn samples_of_one_distribution_cannot_be_told_apart() {
    let outcome = compare(ASKED, independent(1), independent(10)).unwrap();
    let auc = metric(&outcome, "domain_classifier_auc");
    assert!((0.45..0.55).contains(&auc), "{auc}");
    let outcome = compare(ASKED, independent(1), independent(1)).unwrap();
    assert!((metric(&outcome, "domain_classifier_auc") - 0.5).abs() < 1e-9);
}

/// Each column by itself is as it was; only their sum is not.
#[test]
fn columns_that_moved_against_each_other_are_found() {
    let before = independent(1);
    let x = uniform(3000, 20);
    let y = x
        .iter()
        .zip(uniform(3000, 21))
        .map(|(x, y)| (x + 0.3 * y).fract());
    let now = vec![
        ("x", column(x.clone())),
        ("y", column(y.collect())),
        ("kind", letters(&uniform(3000, 22))),
    ];
    let outcome = compare(ASKED, before, now).unwrap();
    assert_eq!(metric(&outcome, "columns_drifted"), 0.0);
    let auc = metric(&outcome, "domain_classifier_auc");
    assert!(auc > 0.75, "{auc}");
    assert!(messages(&outcome)[1].starts_with(
        "- domain_classifier not passed: a classifier tells current rows from those of the \
         reference with an area under the ROC curve of 0."
    ));
    let told_by = &outcome.findings[1].details["told_by"];
    assert_ne!(told_by[0]["column"], "kind");
}

/// The tables of `tests/reference/domain/make.py`, which has LightGBM and NannyML tell them apart.
#[test]
fn the_sides_are_told_apart_as_well_as_by_others() {
    const ROWS: u64 = 2000;
    let table = |seed: u64| {
        let [x, y, kind] = [0, 1, 2].map(|column| uniform(ROWS, seed + column));
        (x, y, kind)
    };
    let moved = |share: f64| {
        let (x, _, kind) = table(20);
        let noise = uniform(ROWS, 30);
        let y = x.iter().zip(noise).map(|(x, noise)| x + share * noise);
        let y = y.map(|y| y % 1.0).collect();
        (x, y, kind)
    };
    let power = |values: Vec<f64>, exponent: f64| -> Vec<f64> {
        values
            .into_iter()
            .map(|value| value.powf(exponent))
            .collect()
    };
    let (x, y, kind) = table(20);
    let gaps = y.iter().zip(uniform(ROWS, 31));
    let gaps = gaps.map(|(y, chance)| if chance < 0.2 { f64::NAN } else { *y });
    let cases = [
        ("the same", table(20)),
        ("moved against each other", moved(0.3)),
        ("moved a little against each other", moved(0.8)),
        ("shifted", (power(x.clone(), 0.8), y.clone(), kind.clone())),
        (
            "other shares of kinds",
            (x.clone(), y.clone(), power(kind.clone(), 1.5)),
        ),
        ("missing values", (x, gaps.collect(), kind)),
    ];
    let columns = |(x, y, kind): (Vec<f64>, Vec<f64>, Vec<f64>)| {
        vec![("x", column(x)), ("y", column(y)), ("kind", letters(&kind))]
    };
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    for (name, now) in cases {
        let outcome = compare(ASKED, columns(table(1)), columns(now)).unwrap();
        let auc = metric(&outcome, "domain_classifier_auc");
        let expected = &expected["cases"][name];
        let by_trees_of_this_shape = expected["lightgbm"]["mean"].as_f64().unwrap();
        assert!(
            (auc - by_trees_of_this_shape).abs() < 0.02,
            "{name}: {auc}, by LightGBM {by_trees_of_this_shape}"
        );
        // Its trees are larger and learn more of the noise.
        let by_nannyml = expected["nannyml"].as_f64().unwrap();
        assert!(
            (auc - by_nannyml).abs() < 0.06,
            "{name}: {auc}, by NannyML {by_nannyml}"
        );
    }
}

#[test]
fn that_nothing_can_be_learned_is_told() {
    let few = || vec![("x", column(uniform(5, 1)))];
    let says = |before, now| {
        let outcome = compare(ASKED, before, now).unwrap();
        let mut metrics = outcome.metrics.iter();
        assert!(metrics.all(|metric| metric.name != "domain_classifier_auc"));
        messages(&outcome).remove(1)
    };
    assert_eq!(
        says(few(), independent(1)),
        "- domain_classifier not passed: whether a classifier tells the sides apart is unknown: the \
         reference has 5 different rows, and 10 are needed"
    );
    assert_eq!(
        says(independent(1), few()),
        "- domain_classifier not passed: whether a classifier tells the sides apart is unknown: the \
         current data has 5 different rows, and 10 are needed"
    );
    let others = vec![("z", column(uniform(50, 1)))];
    assert_eq!(
        says(independent(1), others),
        "- domain_classifier not passed: whether a classifier tells the sides apart is unknown: \
         there is no column of inputs with values of one type on both sides"
    );
}

#[test]
fn a_sample_is_the_same_for_every_split() {
    let json = r#"{ "domain_classifier": { "rows": 50 } }"#;
    let rows = batch(independent(1));
    let rows = doubled(&rows);
    let whole = testing::fold::<Profiler>(params(json), std::slice::from_ref(&rows)).unwrap();
    let parts = [0, 10, 700, 701, 4000, 6000];
    let parts = parts
        .windows(2)
        .map(|ends| vec![rows.slice(ends[0], ends[1] - ends[0])]);
    let parts: Vec<_> = parts.collect();
    let merged = testing::fold_parts::<Profiler>(|| params(json), &parts).unwrap();
    let current = || testing::fold::<Profiler>(params(json), &[batch(independent(5))]).unwrap();
    let assess = |reference| Drift::assess(params(json), reference, current()).unwrap();
    assert_eq!(assess(whole), assess(merged));
}

/// Every row twice, so that splits part equal rows.
fn doubled(rows: &mlhost_plugin::RecordBatch) -> mlhost_plugin::RecordBatch {
    let double = |array: &ArrayRef| -> ArrayRef {
        match array.as_any().downcast_ref::<Float64Array>() {
            Some(numbers) => {
                let values = numbers.values();
                column([values.as_ref(), values.as_ref()].concat())
            }
            None => {
                let texts = array.as_any().downcast_ref::<StringArray>().unwrap();
                Arc::new(StringArray::from_iter(texts.iter().chain(texts.iter())))
            }
        }
    };
    let columns = rows.columns().iter().map(double);
    mlhost_plugin::RecordBatch::try_new(rows.schema(), columns.collect()).unwrap()
}
