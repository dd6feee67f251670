//! Features as codes.

use mlhost_tree::bins::{FeatureBuilder, NotANumber};
use proptest::prelude::*;

use crate::feature;

#[test]
fn codes_are_the_order_of_values_and_thresholds_lie_between() {
    let feature = feature(&[3.0, -1.0, 3.0, f64::INFINITY, 0.0, -0.0]);
    assert_eq!(
        (feature.codes(), feature.distinct()),
        (&[2, 0, 2, 3, 1, 1][..], 4)
    );
    assert_eq!(feature.threshold(0, 1), -0.5);
    assert_eq!(feature.threshold(0, 2), 1.0);
    assert_eq!(feature.threshold(2, 3), 3.0);
}

#[test]
fn a_threshold_parts_even_neighbours_and_the_largest_numbers() {
    let next = 1.0_f64.next_up();
    let near = feature(&[
        1.0,
        next,
        -f64::MAX,
        f64::MAX,
        f64::NEG_INFINITY,
        f64::INFINITY,
    ]);
    let sorted = [
        f64::NEG_INFINITY,
        -f64::MAX,
        1.0,
        next,
        f64::MAX,
        f64::INFINITY,
    ];
    for lower in 0..5_u16 {
        for upper in lower + 1..6 {
            let threshold = near.threshold(lower, upper);
            let (below, above) = (sorted[usize::from(lower)], sorted[usize::from(upper)]);
            assert!(
                below <= threshold && threshold < above,
                "{below} <= {threshold} < {above}"
            );
        }
    }
}

#[test]
fn a_row_that_is_no_number_is_refused() {
    let mut builder = FeatureBuilder::default();
    builder.push(&[1.0, 2.0]).unwrap();
    assert_eq!(
        builder.push(&[3.0, f64::NAN, f64::NAN]),
        Err(NotANumber { row: 1 })
    );
    assert_eq!(builder.finish().codes(), [0, 1]);
}

#[test]
fn as_many_values_as_codes_are_all_told_apart() {
    let values: Vec<f64> = (0..65_536).rev().map(f64::from).collect();
    let feature = feature(&values);
    assert_eq!(feature.distinct(), 65_536);
    assert!(
        feature
            .codes()
            .iter()
            .zip(&values)
            .all(|(code, value)| f64::from(*code) == *value)
    );
}

#[test]
fn more_values_are_cut_into_bins_of_about_equally_many_rows() {
    // Two rows of each value, and one value that a quarter of the rows have.
    let rows = 400_000;
    let values: Vec<f64> = (0..rows)
        .map(|row| {
            if row % 4 == 0 {
                0.5
            } else {
                f64::from((row * 3571) % (rows / 2))
            }
        })
        .collect();
    let feature = feature(&values);
    assert!(
        (49_000..=65_535).contains(&feature.distinct()),
        "{} bins",
        feature.distinct()
    );
    let mut rows_of = vec![0; feature.distinct()];
    let mut range_of = vec![(f64::INFINITY, f64::NEG_INFINITY); feature.distinct()];
    for (&code, &value) in feature.codes().iter().zip(&values) {
        rows_of[usize::from(code)] += 1;
        let range = &mut range_of[usize::from(code)];
        *range = (range.0.min(value), range.1.max(value));
    }
    assert!(range_of.is_sorted_by(|(_, largest), (smallest, _)| largest < smallest));
    rows_of.sort_unstable();
    assert!(
        rows_of[0] > 0 && rows_of[rows_of.len() - 2] <= 16,
        "{:?}",
        &rows_of[rows_of.len() - 9..]
    );
    let threshold = feature.threshold(10, 11);
    assert!(range_of[10].1 <= threshold && threshold < range_of[11].0);
}

proptest! {
    #[test]
    fn a_value_is_at_or_below_a_threshold_if_its_code_is(values in prop::collection::vec(-1e3..1e3_f64, 2..100)) {
        let feature = feature(&values);
        for lower in 0..feature.distinct() as u16 - 1 {
            let threshold = feature.threshold(lower, lower + 1);
            for (value, code) in values.iter().zip(feature.codes()) {
                prop_assert_eq!(*value <= threshold, *code <= lower);
            }
        }
    }
}
