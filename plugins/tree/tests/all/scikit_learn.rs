//! Equal to scikit-learn where the right answer does not depend on the order in which
//! features are tried; fixtures/generate.py makes the fixtures, and says so.

use mlhost_tree::bins::Feature;
use mlhost_tree::criterion::{ClassCounts, Entropy, Gini, Purity, SquaredError};
use mlhost_tree::grow::{Limits, grow};
use mlhost_tree::model::Tree;

use crate::{feature, slices};

const TOLERANCE: f64 = 1e-9;

/// A CSV of numbers by column; species as numbers in order of name.
fn read(csv: &str) -> Vec<(String, Vec<f64>)> {
    let mut lines = csv.lines();
    let mut columns: Vec<(String, Vec<f64>)> = lines
        .next()
        .unwrap()
        .split(',')
        .map(|name| (name.to_owned(), vec![]))
        .collect();
    for line in lines {
        for ((_, column), field) in columns.iter_mut().zip(line.split(',')) {
            column.push(match field {
                "Adelie" => 0.0,
                "Chinstrap" => 1.0,
                "Gentoo" => 2.0,
                number => number.parse().unwrap(),
            });
        }
    }
    columns
}

/// A feature as scikit-learn rounds it.
fn measured(columns: &[(String, Vec<f64>)], name: &str) -> Vec<f64> {
    column(columns, name)
        .into_iter()
        .map(|value| f64::from(value as f32))
        .collect()
}

fn column(columns: &[(String, Vec<f64>)], name: &str) -> Vec<f64> {
    columns
        .iter()
        .find(|(found, _)| found == name)
        .unwrap()
        .1
        .clone()
}

/// Every third row is held out.
fn train<T: Copy>(rows: &[T]) -> Vec<T> {
    rows.iter()
        .enumerate()
        .filter(|(row, _)| row % 3 != 2)
        .map(|(_, value)| *value)
        .collect()
}

fn regression(columns: &[Vec<f64>], targets: &[f64], limits: &Limits) -> Tree {
    let features: Vec<Feature> = columns.iter().map(|column| feature(column)).collect();
    let criterion = SquaredError::around(targets.iter().sum::<f64>() / targets.len() as f64);
    let centred = targets
        .iter()
        .map(|target| criterion.centred(*target))
        .collect();
    grow(&features, centred, &criterion, limits)
}

fn classification<P: Purity>(columns: &[Vec<f64>], targets: &[f64], limits: &Limits) -> Tree {
    let features: Vec<Feature> = columns.iter().map(|column| feature(column)).collect();
    let classes = targets.iter().map(|class| *class as u32).collect();
    grow(&features, classes, &ClassCounts::<P>::new(3), limits)
}

fn assert_equal(case: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{case}");
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= TOLERANCE,
            "{case}, row {row}: expected {expected}, found {found}"
        );
    }
}

#[test]
fn regressions_of_penguins_predict_the_same() {
    let table = read(include_str!("../fixtures/penguins.csv"));
    let expected = read(include_str!("../fixtures/penguins_expected.csv"));
    let columns =
        ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"].map(|name| measured(&table, name));
    let mass = column(&table, "body_mass_g");
    let training = columns.each_ref().map(|column| train(column));
    let default = Limits::default();
    for (case, limits) in [
        (
            "mass_depth_3",
            Limits {
                max_depth: Some(3),
                ..default
            },
        ),
        (
            "mass_leaf_10",
            Limits {
                min_samples_leaf: 10,
                ..default
            },
        ),
        (
            "mass_decrease_5000",
            Limits {
                min_impurity_decrease: 5000.0,
                ..default
            },
        ),
        (
            "mass_split_40",
            Limits {
                min_samples_split: 40,
                min_samples_leaf: 5,
                ..default
            },
        ),
    ] {
        let tree = regression(&training, &train(&mass), &limits);
        let found = tree.predict(&slices(&columns), mass.len());
        assert_equal(case, &found, &column(&expected, case));
    }
}

#[test]
fn classifications_of_penguins_predict_the_same_probabilities() {
    let table = read(include_str!("../fixtures/penguins.csv"));
    let expected = read(include_str!("../fixtures/penguins_expected.csv"));
    let columns = [
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
    ]
    .map(|name| measured(&table, name));
    let species = column(&table, "species");
    let training = columns.each_ref().map(|column| train(column));
    let limits = Limits {
        max_depth: Some(3),
        min_samples_leaf: 5,
        ..Limits::default()
    };
    for (case, tree) in [
        (
            "gini",
            classification::<Gini>(&training, &train(&species), &limits),
        ),
        (
            "entropy",
            classification::<Entropy>(&training, &train(&species), &limits),
        ),
    ] {
        let found = tree.predict(&slices(&columns), species.len());
        for (place, kind) in ["Adelie", "Chinstrap", "Gentoo"].iter().enumerate() {
            let case = format!("{case}_{kind}");
            let of_kind: Vec<f64> = found.iter().skip(place).step_by(3).copied().collect();
            assert_equal(&case, &of_kind, &column(&expected, &case));
        }
    }
}

#[test]
fn a_generated_regression_predicts_the_same_with_the_same_importances() {
    let rows = 0..4000_i64;
    let columns = [
        rows.clone().map(|i| (i * 7919 % 1009) as f64).collect(),
        rows.clone().map(|i| (i * 104_729 % 37) as f64).collect(),
        rows.clone().map(|i| (i * i % 997) as f64).collect(),
        rows.clone().map(|i| (i * 31 % 2) as f64).collect(),
        rows.clone().map(|_| 3.0).collect::<Vec<f64>>(),
    ];
    let target = |i: i64| {
        let [first, second, third, fourth] =
            [i * 7919 % 1009, i * 104_729 % 37, i * i % 997, i * 31 % 2];
        (first - 500).pow(2) / 300 + second * fourth * 11 - third % 50 + i * 15_485_863 % 101
    };
    let targets: Vec<f64> = rows.map(|i| target(i) as f64).collect();
    let limits = Limits {
        max_depth: Some(9),
        min_samples_leaf: 7,
        ..Limits::default()
    };
    let tree = regression(&columns, &targets, &limits);

    let found: Vec<f64> = tree
        .predict(&slices(&columns), 4000)
        .into_iter()
        .step_by(40)
        .collect();
    let expected = read(include_str!("../fixtures/generated_expected.csv"));
    assert_equal("prediction", &found, &column(&expected, "prediction"));
    let importances = [
        0.795539397271831,
        0.08200136695613988,
        0.0005114167585702874,
        0.12194781901345873,
        0.0,
    ];
    assert_equal("importance", tree.importances(), &importances);
    assert_eq!(tree.depth(), 9);
}
