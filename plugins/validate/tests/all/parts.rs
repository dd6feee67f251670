//! Any split of the rows into parts, and of the parts into batches, is judged alike.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use mlhost_plugin::{Fold, testing};
use mlhost_validate::Observe;
use proptest::prelude::*;

use crate::support::{numbers, params, table, texts};

const CHECKS: &str = r#"{
    "columns": {
        "a": {
            "not_null": true, "between": {"min": -1, "max": 1}, "in_set": [0, 1], "unique": true,
            "median_between": {"max": 1}, "min_between": {"min": 0}, "distinct_count": {"max": 3},
            "monotonic": "increasing", "in_reference": "c"
        },
        "b": {
            "not_null": {"where": "a > 0"}, "in_set": ["a", "b"], "unique": true, "regex": "a",
            "length_between": {"max": 1, "where": "b != 'e'"}, "proportion_unique": {"max": 1}
        }
    },
    "row_count": {"min": 10},
    "greater_than": [{"column": "a", "than": "a", "or_equal": true, "where": "a < 2"}],
    "unique_together": [{"columns": ["a", "b"]}],
    "expression": ["a < 2 or b in ('a', 'b')", {"is_true": "length(b) < 2", "where": "a is null"}]
}"#;

fn number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        Just(None),
        Just(Some(f64::NAN)),
        (-3i32..4).prop_map(|n| Some(f64::from(n))),
        (-1e6..1e6).prop_map(Some),
    ]
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), "[a-e]{0,2}".prop_map(Some)]
}

proptest! {
    #[test]
    fn parts_are_judged_as_the_whole(
        rows in proptest::collection::vec((number(), text()), 0..80),
        cuts in proptest::collection::vec((0..80usize, any::<bool>()), 0..8),
    ) {
        let a: ArrayRef = Arc::new(rows.iter().map(|row| row.0).collect::<Float64Array>());
        let b: ArrayRef = Arc::new(rows.iter().map(|row| row.1.as_deref()).collect::<StringArray>());
        let whole = table([("a", a), ("b", b)]);
        let mut cuts = cuts;
        cuts.iter_mut().for_each(|(cut, _)| *cut = (*cut).min(rows.len()));
        cuts.extend([(0, true), (rows.len(), true)]);
        cuts.sort_unstable_by_key(|(cut, _)| *cut);
        let mut parts: Vec<Vec<RecordBatch>> = vec![vec![]];
        for pair in cuts.windows(2) {
            let [(from, new_part), (to, _)] = pair else { unreachable!() };
            if *new_part {
                parts.push(vec![]);
            }
            parts.last_mut().unwrap().push(whole.slice(*from, to - from));
        }
        let at_once = testing::fold::<Observe>(params(CHECKS), std::slice::from_ref(&whole)).unwrap();
        let in_parts = testing::fold_parts::<Observe>(|| params(CHECKS), &parts).unwrap();
        prop_assert_eq!(at_once, in_parts);
    }
}

#[test]
fn states_of_different_checks_do_not_merge() {
    let rows = table([("x", numbers([Some(1.0)])), ("y", texts([None]))]);
    let state = |json| testing::fold::<Observe>(params(json), std::slice::from_ref(&rows)).unwrap();
    let checks = r#"{"columns": {"x": {"not_null": true}}}"#;
    for other in [
        r#"{"columns": {"x": {"unique": true}}}"#,
        r#"{"columns": {"x": {"not_null": true}, "y": {}}}"#,
        r#"{"columns": {"z": {"not_null": true}}}"#,
    ] {
        let mut fold = Observe::open(params(checks), &rows.schema()).unwrap();
        assert_eq!(
            fold.merge(state(other)).unwrap_err().to_string(),
            "states of different checks cannot be merged"
        );
    }
}
