//! Any split of the rows into parts teaches the same.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray};
use mlhost_plugin::{Fold, testing};
use mlhost_preprocess::{Encode, Learn};
use proptest::prelude::*;

use crate::support::{column, learn, names, numbers, params, refusal, table, texts};

const RULES: &str = r#"{
    "target": "y",
    "encode": [
        {"columns": ["a"], "impute": "median", "scale": "min_max"},
        {"columns": ["b"], "impute": {"constant": 1}, "scale": "standard"},
        {"columns": ["c"], "impute": {"constant": "-"}, "as": "one_hot"},
        {"columns": ["d"], "as": "ordinal"}
    ],
    "precision": "float64"
}"#;

type Row = (
    Option<f64>,
    Option<f64>,
    Option<String>,
    Option<String>,
    Option<f64>,
);

fn number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        Just(None),
        Just(Some(f64::NAN)),
        (-4i32..4).prop_map(|n| Some(f64::from(n))),
        (-1e6..1e6).prop_map(Some),
    ]
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), "[a-e]".prop_map(Some)]
}

fn batch(rows: &[Row]) -> RecordBatch {
    let number = |of: fn(&Row) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<Float64Array>())
    };
    let text = |of: fn(&Row) -> Option<&str>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<StringArray>())
    };
    table([
        ("a", number(|row| row.0)),
        ("b", number(|row| row.1)),
        ("c", text(|row| row.2.as_deref())),
        ("d", text(|row| row.3.as_deref())),
        ("y", number(|row| row.4)),
    ])
}

fn assert_close(ours: &RecordBatch, theirs: &RecordBatch) {
    assert_eq!(ours.schema(), theirs.schema());
    for name in names(ours) {
        for (x, y) in column(ours, &name).into_iter().zip(column(theirs, &name)) {
            let (x, y) = (x.unwrap_or(f64::NAN), y.unwrap_or(f64::NAN));
            let close = (x - y).abs() <= 1e-12 * x.abs().max(1.0);
            assert!(
                close || (x.is_nan() && y.is_nan()),
                "{name}: {x} is not {y}"
            );
        }
    }
}

proptest! {
    #[test]
    fn parts_teach_what_the_whole_teaches(
        rows in proptest::collection::vec((number(), number(), text(), text(), number()), 0..60),
        cuts in proptest::collection::vec(0..60usize, 0..6),
    ) {
        // A value to learn from, so that there is a median.
        let mut rows = rows;
        rows.push((Some(0.5), None, None, None, Some(0.0)));
        let whole = batch(&rows);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(rows.len())).collect();
        cuts.extend([0, rows.len()]);
        cuts.sort_unstable();
        let parts: Vec<Vec<RecordBatch>> =
            cuts.windows(2).map(|cut| vec![whole.slice(cut[0], cut[1] - cut[0])]).collect();

        let at_once = learn(RULES, &whole).unwrap();
        let in_parts = testing::fold_parts::<Learn>(|| params(RULES), &parts).unwrap();
        let encoded = |state| {
            testing::transform::<Encode>(params(RULES), state, std::slice::from_ref(&whole)).unwrap()
        };
        assert_close(&encoded(at_once)[0], &encoded(in_parts)[0]);
    }
}

#[test]
fn exact_knowledge_is_equal_however_the_rows_are_split() {
    let rules = r#"{"encode": [
        {"columns": ["a"], "impute": "median", "scale": "min_max"},
        {"columns": ["c"], "impute": "most_frequent", "as": "one_hot"}
    ]}"#;
    let whole = table([
        (
            "a",
            numbers([Some(3.0), None, Some(1.0), Some(f64::NAN), Some(-0.0)]),
        ),
        (
            "c",
            texts([Some("x"), Some("y"), None, Some("y"), Some("z")]),
        ),
    ]);
    let parts: Vec<Vec<RecordBatch>> = (0..5).map(|row| vec![whole.slice(row, 1)]).collect();
    assert_eq!(
        testing::fold_parts::<Learn>(|| params(rules), &parts).unwrap(),
        learn(rules, &whole).unwrap()
    );
}

#[test]
fn batches_of_a_slice_are_read_from_where_it_starts() {
    let rules = r#"{"encode": [{"columns": ["a"]}, {"columns": ["c"], "as": "ordinal"}]}"#;
    let whole = table([
        ("a", numbers([Some(9.0), Some(1.0), None, Some(2.0)])),
        ("c", texts([Some("x"), None, Some("z"), Some("y")])),
    ]);
    let slice = whole.slice(1, 3);
    let made = testing::transform::<Encode>(
        params(rules),
        learn(rules, &whole).unwrap(),
        std::slice::from_ref(&slice),
    );
    let made = made.unwrap().remove(0);
    assert_eq!(column(&made, "a"), [Some(1.0), None, Some(2.0)]);
    assert_eq!(column(&made, "c"), [None, Some(2.0), Some(1.0)]);
    assert_eq!(made.column(0).null_count(), 1);
}

#[test]
fn states_of_different_rules_do_not_merge() {
    let one = table([("a", numbers([Some(1.0)]))]);
    let two = table([("a", texts([Some("x")]))]);
    let rules = r#"{"encode": [{"columns": ["a"]}]}"#;
    let later = learn(r#"{"encode": [{"columns": ["a"], "as": "ordinal"}]}"#, &two).unwrap();
    let mut fold = Learn::open(params(rules), &one.schema()).unwrap();
    assert_eq!(
        refusal(fold.merge(later)),
        "states of different columns cannot be merged"
    );
}
