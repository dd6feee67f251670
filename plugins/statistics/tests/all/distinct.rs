//! Numbers of different values: exact, estimated, and the same for every split.

use std::collections::HashSet;

use arrow_array::{Array, BooleanArray, DictionaryArray, Float64Array, Int64Array, StringArray};
use mlhost_statistics::{Distinct, EXACT_DISTINCT, STANDARD_ERROR};
use proptest::prelude::*;

use crate::{merged, pieces};

fn of(values: &[f64]) -> Distinct {
    let mut distinct = Distinct::default();
    distinct.update(values);
    distinct
}

fn of_array(array: &dyn Array) -> f64 {
    let mut distinct = Distinct::default();
    distinct.update_array(array).unwrap();
    distinct.count()
}

fn bytes(distinct: &Distinct) -> Vec<u8> {
    postcard::to_stdvec(distinct).unwrap()
}

#[test]
fn columns_of_every_type_are_counted() {
    let numbers = Float64Array::from(vec![Some(0.0), Some(-0.0), None, Some(f64::NAN), Some(2.0)]);
    assert_eq!(of_array(&numbers), 2.0);
    // Not all of them have an f64 of their own.
    let large = (1 << 53)..(1 << 53) + 10_i64;
    assert_eq!(of_array(&Int64Array::from_iter_values(large)), 10.0);
    let nullable = Int64Array::from(vec![Some(1), None, Some(1), Some(0)]);
    assert_eq!(of_array(&nullable), 2.0);
    assert_eq!(of_array(&nullable.slice(1, 2)), 1.0);
    assert_eq!(of_array(&BooleanArray::from(vec![Some(true), None])), 1.0);
    let texts = [Some("a"), None, Some("b"), Some("a"), Some("")];
    assert_eq!(of_array(&StringArray::from(texts.to_vec())), 3.0);
    let dictionary: DictionaryArray<arrow_array::types::Int8Type> = texts.into_iter().collect();
    assert_eq!(of_array(&dictionary), 3.0);
    assert_eq!(Distinct::default().count(), 0.0);
}

#[test]
fn few_values_are_counted_exactly_and_no_more() {
    let values: Vec<f64> = (0..=EXACT_DISTINCT).map(|value| value as f64).collect();
    let exact = of(&values[1..]);
    assert!(exact.is_exact());
    assert_eq!(exact.count(), EXACT_DISTINCT as f64);
    let estimated = of(&values);
    assert!(!estimated.is_exact());
    assert_ne!(estimated, exact);
}

/// Of 60 columns of 17 thousand to two million values, none is off by four standard errors, and
/// their root mean square is as large as the standard error, not smaller: the error is neither
/// more nor less than what is stated.
#[test]
fn estimates_have_the_error_that_is_stated() {
    let (mut squares, mut columns) = (0.0, 0);
    for (count, repetitions) in [
        (17_000_u64, 20),
        (100_000, 20),
        (400_000, 14),
        (2_000_000, 6),
    ] {
        for repetition in 0..repetitions {
            let mut distinct = Distinct::default();
            let first = repetition * 1_000_000_007_u64;
            let values: Vec<f64> = (first..first + count).map(|value| value as f64).collect();
            distinct.update(&values);
            distinct.update(&values[..1000]);
            let error = distinct.count() / count as f64 - 1.0;
            assert!(
                error.abs() < 4.0 * STANDARD_ERROR,
                "{count}: off by {error}"
            );
            squares += error * error;
            columns += 1;
        }
    }
    let observed = (squares / f64::from(columns)).sqrt();
    assert!(
        (0.6..1.4).contains(&(observed / STANDARD_ERROR)),
        "{observed} where {STANDARD_ERROR} was stated"
    );
}

#[test]
fn texts_are_estimated_as_well_as_numbers() {
    let mut distinct = Distinct::default();
    (0..200_000).for_each(|number| distinct.add_text(&format!("N{number}")));
    let error = distinct.count() / 200_000.0 - 1.0;
    assert!(error.abs() < 4.0 * STANDARD_ERROR, "off by {error}");
}

#[test]
fn a_damaged_serialised_form_is_refused() {
    let refuse = |bytes: Vec<u8>| assert!(postcard::from_bytes::<Distinct>(&bytes).is_err());
    refuse(postcard::to_stdvec(&(0_u8, vec![2_u64, 1])).unwrap());
    refuse(postcard::to_stdvec(&(0_u8, vec![1_u64, 1])).unwrap());
    refuse(postcard::to_stdvec(&(1_u8, vec![1_u8; 7])).unwrap());
    refuse(postcard::to_stdvec(&(1_u8, vec![52_u8; EXACT_DISTINCT])).unwrap());
    let sound = postcard::to_stdvec(&(1_u8, vec![51_u8; EXACT_DISTINCT])).unwrap();
    assert!(postcard::from_bytes::<Distinct>(&sound).is_ok());
}

proptest! {
    #[test]
    fn are_the_same_for_every_split_order_and_tree(
        values in prop::collection::vec((-50..50_i32).prop_map(f64::from), 0..200),
        cuts in prop::collection::vec(any::<usize>(), 0..8),
        as_tree: bool,
        backwards: bool,
    ) {
        let whole = of(&values);
        let mut parts: Vec<_> = pieces(&values, &cuts).iter().map(|piece| of(piece)).collect();
        if backwards {
            parts.reverse();
        }
        let together = merged(parts, as_tree, |first, second| first.merge(second));
        prop_assert_eq!(bytes(&together), bytes(&whole));
        let different: HashSet<_> = values.iter().map(|value| *value as i32).collect();
        prop_assert_eq!(whole.count(), different.len() as f64);
        prop_assert_eq!(postcard::from_bytes::<Distinct>(&bytes(&whole)).unwrap(), whole);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Pieces that are exact, pieces that are not, and merges that cross the limit.
    #[test]
    fn sketches_are_the_same_for_every_split_and_tree(
        cuts in prop::collection::vec(any::<usize>(), 0..6),
        as_tree: bool,
    ) {
        let values: Vec<f64> = (0..50_000_u32).map(|i| f64::from(i % 40_000)).collect();
        let whole = of(&values);
        let parts = pieces(&values, &cuts).iter().map(|piece| of(piece)).collect();
        let together = merged(parts, as_tree, |first, second| first.merge(second));
        prop_assert_eq!(bytes(&together), bytes(&whole));
        prop_assert_eq!(postcard::from_bytes::<Distinct>(&bytes(&whole)).unwrap(), whole);
    }
}
