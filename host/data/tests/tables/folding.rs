//! The folds of a cross-validation: every row is tested with once, and never trained with then.

use std::collections::BTreeSet;
use std::sync::Arc;

use mlhost_data::{MemoryTable, Table};
use mlhost_pipeline::{Folds, Side};
use proptest::prelude::*;
use serde_json::json;

use crate::selecting::dataset;
use crate::support::{column, numbers};

/// The numbers below `rows`, in two parts.
fn counted(rows: usize) -> Arc<dyn Table> {
    let first = rows / 3;
    let parts = [numbers(0, first), numbers(first as i64, rows - first)];
    let schema = parts[0].schema();
    let parts = parts.into_iter().map(|part| vec![part]).collect();
    Arc::new(MemoryTable::from_parts(&schema, parts).unwrap())
}

fn values(table: &Arc<dyn Table>) -> Vec<i64> {
    let values = column(table, "n");
    values.iter().map(|value| value.parse().unwrap()).collect()
}

fn folds(
    of: Arc<dyn Table>,
    selection: serde_json::Value,
    side: Option<Side>,
    folds: &Folds,
) -> Vec<(Vec<i64>, Vec<i64>)> {
    let folds = dataset(of, selection).folds(side, folds);
    let folds = folds.map_err(|mistakes| format!("{mistakes:?}")).unwrap();
    folds
        .iter()
        .map(|fold| (values(&fold.train), values(&fold.test)))
        .collect()
}

proptest! {
    #[test]
    fn each_row_is_tested_with_once(rows in 0usize..400, count in 2u32..8, seed: u64, by_values: bool) {
        let of = if by_values {
            Folds::Hash { count, columns: vec!["n".to_owned()], seed }
        } else {
            Folds::Random { count, seed }
        };
        let mut tested = Vec::new();
        for (train, test) in folds(counted(rows), json!({}), None, &of) {
            let both: BTreeSet<i64> = train.iter().chain(&test).copied().collect();
            prop_assert_eq!(both.len(), rows);
            prop_assert_eq!(train.len() + test.len(), rows);
            tested.extend(test);
        }
        tested.sort_unstable();
        prop_assert_eq!(tested, (0..rows as i64).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_tested_with_comes_after_what_is_trained_with(rows in 12usize..400, count in 2u32..8) {
        let of = Folds::Time { count, column: "n".to_owned() };
        let folds = folds(counted(rows), json!({}), None, &of);
        let mut tested = Vec::new();
        for (train, test) in folds {
            prop_assert!(!train.is_empty() && !test.is_empty());
            prop_assert_eq!(&train, &(0..test[0]).collect::<Vec<_>>());
            tested.extend(test);
        }
        let first = rows as i64 / i64::from(count + 1);
        prop_assert_eq!(tested, (first..rows as i64).collect::<Vec<_>>());
    }
}

#[test]
fn folds_are_of_about_one_size() {
    let of = Folds::Random { count: 5, seed: 7 };
    for (_, test) in folds(counted(10_000), json!({}), None, &of) {
        assert!((1800..2200).contains(&test.len()), "{}", test.len());
    }
}

#[test]
fn a_side_of_a_split_is_divided_and_no_other_row_comes_in() {
    let split = json!({ "split": { "by": "random", "test": 0.4, "seed": 7 } });
    let train = dataset(counted(1000), split.clone());
    let train: BTreeSet<i64> = train
        .sides()
        .iter()
        .filter(|(side, _)| *side == Side::Train)
        .flat_map(|(_, table)| values(table))
        .collect();
    // The same seed and the same way as those of the split.
    let of = Folds::Random { count: 4, seed: 7 };
    let folds = folds(counted(1000), split, Some(Side::Train), &of);
    for (trained, tested) in &folds {
        let both: BTreeSet<i64> = trained.iter().chain(tested).copied().collect();
        assert_eq!(both, train);
        // A quarter of the rows of the side, and not those that its chances already chose.
        assert!((100..200).contains(&tested.len()), "{}", tested.len());
    }
}

#[test]
fn a_column_that_is_not_there_and_one_that_is_no_time_are_told() {
    let mistakes = |folds: Folds| {
        let told = dataset(counted(10), json!({}))
            .folds(None, &folds)
            .err()
            .unwrap();
        format!("{}: {}", told[0].pointer, told[0].message)
    };
    let missing = Folds::Hash {
        count: 3,
        columns: vec!["nummer".to_owned()],
        seed: 0,
    };
    insta::assert_snapshot!(mistakes(missing));
    let missing = Folds::Time {
        count: 3,
        column: "day".to_owned(),
    };
    insta::assert_snapshot!(mistakes(missing));
}
