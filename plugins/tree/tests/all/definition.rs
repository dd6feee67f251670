//! Equal to the definition, applied without any cleverness: sort, try every threshold
//! of every feature, keep the first of the best.

use std::cmp::Ordering;

use mlhost_tree::criterion::{ClassCounts, Gini, SquaredError};
use mlhost_tree::grow::{Limits, grow};
use mlhost_tree::model::Node;
use proptest::prelude::*;

use crate::{feature, slices};

/// `gain = numerator / denominator`, both whole: compared exactly.
#[derive(Clone, Copy)]
struct Gain(i128, i128);

impl Gain {
    fn exceeds(self, other: Self) -> bool {
        (self.0 * other.1).cmp(&(other.0 * self.1)) == Ordering::Greater
    }
}

struct Best {
    gain: Gain,
    feature: usize,
    threshold: f64,
}

/// Predictions for the training rows, by the definition.
fn by_definition(
    columns: &[Vec<f64>],
    targets: &[i128],
    rows: &[usize],
    depth: usize,
    limits: &Limits,
    predictions: &mut [f64],
) {
    let total: i128 = rows.iter().map(|row| targets[*row]).sum();
    let varies = rows.iter().any(|row| targets[*row] != targets[rows[0]]);
    let may_split = varies
        && rows.len() >= limits.min_samples_split
        && limits.max_depth.is_none_or(|most| depth < most);
    let best = may_split
        .then(|| best_split(columns, targets, rows, total, limits))
        .flatten();
    let Some(Best {
        feature, threshold, ..
    }) = best
    else {
        rows.iter()
            .for_each(|row| predictions[*row] = total as f64 / rows.len() as f64);
        return;
    };
    let (left, right): (Vec<usize>, Vec<usize>) = rows
        .iter()
        .partition(|row| columns[feature][**row] <= threshold);
    by_definition(columns, targets, &left, depth + 1, limits, predictions);
    by_definition(columns, targets, &right, depth + 1, limits, predictions);
}

fn best_split(
    columns: &[Vec<f64>],
    targets: &[i128],
    rows: &[usize],
    total: i128,
    limits: &Limits,
) -> Option<Best> {
    let mut best: Option<Best> = None;
    for (feature, column) in columns.iter().enumerate() {
        let mut sorted = rows.to_vec();
        sorted.sort_by(|row, other| column[*row].total_cmp(&column[*other]));
        let mut sum = 0;
        for at in 1..sorted.len() {
            sum += targets[sorted[at - 1]];
            let (below, above) = (column[sorted[at - 1]], column[sorted[at]]);
            if below == above || at.min(sorted.len() - at) < limits.min_samples_leaf {
                continue;
            }
            let (all, left) = (sorted.len() as i128, at as i128);
            let gain = Gain((all * sum - left * total).pow(2), left * (all - left));
            if best.as_ref().is_none_or(|best| gain.exceeds(best.gain)) {
                best = Some(Best {
                    gain,
                    feature,
                    threshold: below / 2.0 + above / 2.0,
                });
            }
        }
    }
    best
}

fn limits() -> impl Strategy<Value = Limits> {
    (prop::option::of(1..6_usize), 2..12_usize, 1..6_usize).prop_map(
        |(max_depth, min_samples_split, min_samples_leaf)| Limits {
            max_depth,
            min_samples_split,
            min_samples_leaf,
            min_impurity_decrease: 0.0,
        },
    )
}

/// Features with few and with many values, and a target: whole numbers.
fn rows() -> impl Strategy<Value = Vec<(i32, i32, i32, i32)>> {
    prop::collection::vec((0..2_i32, -5..5_i32, -5000..5000_i32, -30..30_i32), 1..250)
}

fn columns(rows: &[(i32, i32, i32, i32)]) -> Vec<Vec<f64>> {
    vec![
        rows.iter().map(|row| f64::from(row.2) / 7.0).collect(),
        rows.iter().map(|row| f64::from(row.0)).collect(),
        rows.iter().map(|row| f64::from(row.1)).collect(),
    ]
}

proptest! {
    #[test]
    fn regressions_are_those_of_the_definition(rows in rows(), limits in limits()) {
        let columns = columns(&rows);
        let targets: Vec<i128> = rows.iter().map(|row| i128::from(row.3)).collect();
        let mut expected = vec![0.0; rows.len()];
        let all: Vec<usize> = (0..rows.len()).collect();
        by_definition(&columns, &targets, &all, 0, &limits, &mut expected);

        let features: Vec<_> = columns.iter().map(|column| feature(column)).collect();
        let numbers = targets.iter().map(|target| *target as f64).collect();
        let tree = grow(&features, numbers, &SquaredError::around(0.0), &limits);
        prop_assert_eq!(tree.predict(&slices(&columns), rows.len()), expected);
    }

    /// With two classes the Gini impurity is twice the variance of the class number, so
    /// that the first split lowers both as far as it can.
    #[test]
    fn the_first_split_of_two_classes_is_as_good_as_that_of_their_numbers(rows in rows()) {
        let columns = columns(&rows);
        let features: Vec<_> = columns.iter().map(|column| feature(column)).collect();
        let classes: Vec<u32> = rows.iter().map(|row| u32::from(row.3 > 0)).collect();
        let numbers = classes.iter().map(|class| f64::from(*class)).collect();
        let limits = Limits { max_depth: Some(1), ..Limits::default() };
        let regression = grow(&features, numbers, &SquaredError::around(0.0), &limits);
        let classifier = grow(&features, classes, &ClassCounts::<Gini>::new(2), &limits);

        let impurity = |shares: &mut dyn Iterator<Item = f64>| shares.map(|share| share * (1.0 - share)).sum::<f64>();
        let by_number = regression.predict(&slices(&columns), rows.len());
        let by_class = classifier.predict(&slices(&columns), rows.len());
        let found = impurity(&mut by_class.chunks(2).map(|pair| pair[1]));
        let expected = impurity(&mut by_number.into_iter());
        prop_assert!((found - expected).abs() < 1e-9, "expected {}, found {}", expected, found);
        prop_assert!(by_class.chunks(2).all(|pair| (pair[0] + pair[1] - 1.0).abs() < 1e-12));
    }

    #[test]
    fn no_leaf_is_smaller_and_no_path_longer_than_allowed(rows in rows(), limits in limits()) {
        let columns = columns(&rows);
        let features: Vec<_> = columns.iter().map(|column| feature(column)).collect();
        let targets = (0..rows.len()).map(|row| row as f64).collect();
        let tree = grow(&features, targets, &SquaredError::around(0.0), &limits);
        prop_assert!(limits.max_depth.is_none_or(|most| tree.depth() <= most));
        let mut sizes = std::collections::BTreeMap::new();
        for prediction in tree.predict(&slices(&columns), rows.len()) {
            *sizes.entry(prediction.to_bits()).or_insert(0_usize) += 1;
        }
        let least = limits.min_samples_leaf.min(rows.len());
        prop_assert!(sizes.values().all(|size| *size >= least));
        let total: f64 = tree.importances().iter().sum();
        // Where all leaves predict the same, no split has lowered anything.
        prop_assert!(sizes.len() == 1 || (total - 1.0).abs() < 1e-12);
    }
}

#[test]
fn of_equally_good_splits_the_first_features_lowest_is_taken() {
    let doubled = [
        feature(&[5.0, 5.0, 6.0, 6.0]),
        feature(&[0.0, 0.0, 1.0, 1.0]),
    ];
    let tree = grow(
        &doubled,
        vec![1.0, 1.0, 2.0, 2.0],
        &SquaredError::around(1.5),
        &Limits::default(),
    );
    assert_eq!(
        tree.nodes()[0],
        Node::Split {
            feature: 0,
            threshold: 5.5,
            left: 1,
            right: 2
        }
    );

    // 1 | 2 3 and 1 2 | 3 are as good as each other.
    let symmetric = [feature(&[1.0, 2.0, 3.0])];
    let limits = Limits {
        max_depth: Some(1),
        ..Limits::default()
    };
    let tree = grow(
        &symmetric,
        vec![0.0, 1.0, 2.0],
        &SquaredError::around(1.0),
        &limits,
    );
    assert_eq!(
        tree.nodes()[0],
        Node::Split {
            feature: 0,
            threshold: 1.5,
            left: 1,
            right: 2
        }
    );
}

#[test]
fn a_large_mean_hides_no_difference() {
    let columns = [(0..100).map(f64::from).collect::<Vec<f64>>()];
    let targets: Vec<f64> = (0..100)
        .map(|row| 1e15 + f64::from(u8::from(row >= 37)))
        .collect();
    let criterion = SquaredError::around(1e15 + 0.63);
    let centred = targets
        .iter()
        .map(|target| criterion.centred(*target))
        .collect();
    let tree = grow(
        &[feature(&columns[0])],
        centred,
        &criterion,
        &Limits::default(),
    );
    assert_eq!(tree.leaves(), 2);
    assert_eq!(tree.predict(&slices(&columns), 100), targets);
}

#[test]
fn a_split_that_gains_nothing_yet_is_made_where_nothing_is_asked_for() {
    // Neither feature helps alone: exclusive or.
    let columns = vec![vec![0.0, 0.0, 1.0, 1.0], vec![0.0, 1.0, 0.0, 1.0]];
    let features = [feature(&columns[0]), feature(&columns[1])];
    let targets = vec![0.0, 1.0, 1.0, 0.0];
    let tree = grow(
        &features,
        targets.clone(),
        &SquaredError::around(0.5),
        &Limits::default(),
    );
    assert_eq!(tree.predict(&slices(&columns), 4), targets);
    let asking = Limits {
        min_impurity_decrease: 0.01,
        ..Limits::default()
    };
    assert_eq!(
        grow(&features, targets, &SquaredError::around(0.5), &asking).leaves(),
        1
    );
}
