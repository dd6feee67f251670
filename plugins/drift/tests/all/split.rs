//! Rows that are read in parts teach the same as rows that are read at once.

use arrow_array::{ArrayRef, Float64Array, StringArray};
use mlhost_drift::{Drift, Profiler};
use mlhost_plugin::{DriftDetector, testing};
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;

use crate::{batch, params};

const FEW_TEXTS: &str = r#"{ "max_categories": 4 }"#;

proptest! {
    #[test]
    fn profiles_in_parts(
        rows in vec((proptest::option::of(-50_i32..50), proptest::option::of(0_u8..7)), 1..80),
        cuts in vec(0_usize..100, 0..4),
    ) {
        let numbers: Float64Array = rows.iter().map(|row| row.0.map(f64::from)).collect();
        let texts: StringArray = rows.iter().map(|row| row.1.map(|text| text.to_string())).collect();
        let rows = batch(vec![
            ("numbers", Arc::new(numbers) as ArrayRef),
            ("texts", Arc::new(texts) as ArrayRef),
        ]);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (rows.num_rows() + 1)).collect();
        cuts.extend([0, rows.num_rows()]);
        cuts.sort_unstable();
        let parts = cuts.windows(2).map(|cut| vec![rows.slice(cut[0], cut[1] - cut[0])]);
        let parts: Vec<_> = parts.collect();

        let all = [rows.clone()];
        let whole = || testing::fold::<Profiler>(params(FEW_TEXTS), &all).unwrap();
        let merged = || testing::fold_parts::<Profiler>(|| params(FEW_TEXTS), &parts).unwrap();
        let half = testing::fold::<Profiler>(params(FEW_TEXTS), &[rows.slice(0, rows.num_rows() / 2)]);
        let half = half.unwrap();

        // An outcome holds all that a profile knows; either one may be in parts.
        let assess = |reference, current| Drift::assess(params(FEW_TEXTS), reference, current).unwrap();
        prop_assert_eq!(assess(whole(), half.clone()), assess(merged(), half.clone()));
        prop_assert_eq!(assess(half.clone(), whole()), assess(half.clone(), merged()));
    }
}
