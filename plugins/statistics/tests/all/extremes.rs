//! Extremes and what they make of values that do not compare.

use arrow_array::{BooleanArray, Float64Array};
use mlhost_statistics::Extremes;
use proptest::prelude::*;

fn of(values: &[f64]) -> Extremes {
    let mut extremes = Extremes::default();
    extremes.update(values);
    extremes
}

fn range(extremes: &Extremes) -> Option<(f64, f64)> {
    Some((extremes.minimum()?, extremes.maximum()?))
}

#[test]
fn leave_out_nulls_and_nan() {
    let mut extremes = Extremes::default();
    assert_eq!(range(&extremes), None);
    extremes.update(&[f64::NAN]);
    assert_eq!(range(&extremes), None);
    let column = Float64Array::from(vec![None, Some(f64::NAN), Some(-2.0), Some(7.0), None]);
    extremes.update_array(&column.slice(1, 4)).unwrap();
    assert_eq!(range(&extremes), Some((-2.0, 7.0)));
}

#[test]
fn hold_infinities_and_one_zero() {
    assert_eq!(
        range(&of(&[f64::INFINITY])),
        Some((f64::INFINITY, f64::INFINITY))
    );
    assert!(of(&[-0.0]).minimum().unwrap().is_sign_positive());
    let mut extremes = Extremes::default();
    extremes
        .update_array(&BooleanArray::from(vec![Some(true), None]))
        .unwrap();
    assert_eq!(range(&extremes), Some((1.0, 1.0)));
}

proptest! {
    #[test]
    fn are_those_of_the_sorted_values(values in prop::collection::vec(any::<f64>(), 0..200), cut: usize) {
        let cut = cut % (values.len() + 1);
        let mut extremes = of(&values[..cut]);
        extremes.merge(&of(&values[cut..]));
        let mut sorted: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
        sorted.sort_by(f64::total_cmp);
        prop_assert_eq!(range(&extremes), sorted.first().copied().zip(sorted.last().copied()));
    }
}
