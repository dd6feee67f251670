//! Rows that are read in parts teach the same as rows that are read at once, to the last bit.

use arrow_array::{BooleanArray, Float64Array};
use mlhost_evaluate::{Evaluate, Evaluation};
use mlhost_plugin::{Evaluator, Outcome, RecordBatch, testing};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{batch, booleans, floats, metrics, params};

/// Outcomes of all rows at once and of the parts between the cuts.
fn both_ways(json: &str, rows: &RecordBatch, mut cuts: Vec<usize>) -> [Outcome; 2] {
    cuts.iter_mut().for_each(|cut| *cut %= rows.num_rows() + 1);
    cuts.extend([0, rows.num_rows()]);
    cuts.sort_unstable();
    let parts = cuts
        .windows(2)
        .map(|cut| vec![rows.slice(cut[0], cut[1] - cut[0])]);
    let parts: Vec<_> = parts.collect();
    let states = [
        testing::fold::<Evaluation>(params(json), std::slice::from_ref(rows)),
        testing::fold_parts::<Evaluation>(|| params(json), &parts),
    ];
    states.map(|state| {
        let models = vec![("model".to_owned(), state.unwrap())];
        Evaluate::assess(params(json), models).unwrap()
    })
}

proptest! {
    #[test]
    fn regression_in_parts(
        rows in vec((proptest::option::of(-1e3..1e3), -1e3..1e3), 0..60),
        cuts in vec(0_usize..100, 0..4),
    ) {
        let (target, prediction): (Vec<Option<f64>>, Vec<f64>) = rows.into_iter().unzip();
        let side = prediction.iter().map(|prediction| (prediction / 500.0).round());
        let rows = batch(vec![
            ("side", floats(side.collect::<Vec<_>>())),
            ("y", floats(Float64Array::from(target))),
            ("prediction", floats(prediction)),
        ]);
        let json = r#"{ "target": "y", "by": ["side"], "quantile": 0.3, "max_slices": 4,
            "bootstrap": { "metrics": { "r2": {}, "mae": {} }, "resamples": 5 } }"#;
        let [whole, parts] = both_ways(json, &rows, cuts);
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn classification_in_parts(
        rows in vec((proptest::option::of(any::<bool>()), any::<bool>(), 0_u8..=20), 0..60),
        cuts in vec(0_usize..100, 0..4),
    ) {
        let target: BooleanArray = rows.iter().map(|row| row.0).collect();
        let prediction: BooleanArray = rows.iter().map(|row| Some(row.1)).collect();
        let score: Vec<f64> = rows.iter().map(|row| f64::from(row.2) / 20.0).collect();
        let rest: Vec<f64> = score.iter().map(|score| 1.0 - score).collect();
        let rows = batch(vec![
            ("y", booleans(target)),
            ("prediction", booleans(prediction)),
            ("probability_true", floats(score)),
            ("probability_false", floats(rest)),
        ]);
        let json = r#"{ "target": "y", "by": ["prediction"], "max_slices": 1 }"#;
        for json in [json, &json.replace('1', "2"), r#"{ "target": "y", "calibration_bins": 3 }"#] {
            let [whole, parts] = both_ways(json, &rows, cuts.clone());
            prop_assert_eq!(whole, parts);
        }
    }

    /// The area is the share of pairs of a positive and a negative row that the
    /// scores put in the right order, ties counted half.
    #[test]
    fn area_is_the_share_of_pairs_in_order(rows in vec((any::<bool>(), 0_u8..=10), 1..40)) {
        let side = |positive| rows.iter().filter(move |row| row.0 == positive);
        let pairs = side(true).flat_map(|up| side(false).map(|down| up.1.cmp(&down.1)));
        let won: Vec<f64> = pairs.map(|order| match order {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        }).collect();
        let score: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
        let truth: Vec<bool> = rows.iter().map(|row| row.0).collect();
        let rows = batch(vec![
            ("y", booleans(truth.clone())),
            ("prediction", booleans(truth)),
            ("probability_true", floats(score.clone())),
            ("probability_false", floats(score)),
        ]);
        let [outcome, _] = both_ways(r#"{ "target": "y" }"#, &rows, vec![]);
        let found = metrics(&outcome).into_iter().find(|(name, _)| name == "roc_auc");
        let expected = (!won.is_empty()).then(|| won.iter().sum::<f64>() / won.len() as f64);
        prop_assert_eq!(found.map(|(_, value)| value), expected);
    }
}
