//! Moments against numpy, and their laws.

use arrow_array::{Float64Array, Int32Array, StringArray};
use mlhost_statistics::{Error, Moments};
use proptest::prelude::*;

use crate::{assert_close, merged, pieces};

fn of(values: &[f64]) -> Moments {
    let mut moments = Moments::default();
    moments.update(values);
    moments
}

/// numpy: x = np.sin(np.arange(10_000) ** 2) * 1e3 + 1e9; x.mean(), x.var(), x.var(ddof=1)
#[test]
fn agree_with_numpy_where_the_mean_dwarfs_the_deviation() {
    let values: Vec<f64> = (0..10_000)
        .map(|i| (f64::from(i).powi(2)).sin() * 1e3 + 1e9)
        .collect();
    let moments = of(&values);
    assert_eq!(moments.count(), 10_000);
    assert_close(moments.mean().unwrap(), MEAN, 1e-15);
    assert_close(moments.variance().unwrap(), VARIANCE, 1e-10);
    assert_close(moments.sample_variance().unwrap(), SAMPLE_VARIANCE, 1e-10);
    assert_close(
        moments.standard_deviation().unwrap(),
        VARIANCE.sqrt(),
        1e-10,
    );
    assert_close(
        moments.sample_standard_deviation().unwrap(),
        SAMPLE_VARIANCE.sqrt(),
        1e-10,
    );
}
const MEAN: f64 = 1000000000.9218582;
const VARIANCE: f64 = 504386.398886001;
const SAMPLE_VARIANCE: f64 = 504436.842570258;

#[test]
fn leave_out_nulls_and_nan_and_count_them() {
    let mut moments = Moments::default();
    let column = Float64Array::from(vec![Some(1.0), None, Some(f64::NAN), Some(3.0), None]);
    moments.update_array(&column).unwrap();
    assert_eq!(
        (moments.count(), moments.nulls(), moments.nans()),
        (2, 2, 1)
    );
    assert_eq!((moments.mean(), moments.variance()), (Some(2.0), Some(1.0)));
}

#[test]
fn of_nothing_are_nothing() {
    let moments = of(&[f64::NAN]);
    assert_eq!(
        (
            moments.mean(),
            moments.variance(),
            moments.sample_variance()
        ),
        (None, None, None)
    );
    assert_eq!(of(&[5.0]).sample_variance(), None);
    assert_eq!(of(&[5.0]).variance(), Some(0.0));
}

#[test]
fn of_infinite_values_are_infinite() {
    let mut moments = of(&[1.0, 2.0]);
    moments.merge(&of(&[f64::INFINITY, 1.0]));
    assert_eq!(moments.mean(), Some(f64::INFINITY));
    assert!(moments.variance().unwrap().is_nan());
}

#[test]
fn are_those_of_other_types_too() {
    let mut moments = Moments::default();
    moments.update_array(&Int32Array::from(vec![2, 4])).unwrap();
    assert_eq!(moments.mean(), Some(3.0));
    let refused = moments
        .update_array(&StringArray::from(vec!["2"]))
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "expected a column of numbers, booleans, dates or times, found Utf8"
    );
    assert!(matches!(refused, Error::NotNumeric { .. }));
}

proptest! {
    #[test]
    fn are_the_same_for_every_split_and_tree(
        values in prop::collection::vec(-1e6..1e6, 1..5000),
        cuts in prop::collection::vec(any::<usize>(), 0..8),
        as_tree: bool,
    ) {
        let whole = of(&values);
        let parts = pieces(&values, &cuts).iter().map(|piece| of(piece)).collect();
        let together = merged(parts, as_tree, |first, second| first.merge(second));
        prop_assert_eq!(together.count(), whole.count());
        let scale = values.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
        prop_assert!((together.mean().unwrap() - whole.mean().unwrap()).abs() <= 1e-13 * scale);
        let difference = together.variance().unwrap() - whole.variance().unwrap();
        prop_assert!(difference.abs() <= 1e-12 * scale * scale);
    }

    #[test]
    fn merge_with_nothing_changes_nothing(values in prop::collection::vec(-1e6..1e6, 0..100)) {
        let mut moments = of(&values);
        moments.merge(&Moments::default());
        prop_assert_eq!(moments, of(&values));
        let mut nothing = Moments::default();
        nothing.merge(&moments);
        prop_assert_eq!(nothing, moments);
    }

    #[test]
    fn survive_their_serialised_form(values in prop::collection::vec(any::<f64>(), 0..100)) {
        let moments = of(&values);
        let bytes = postcard::to_stdvec(&moments).unwrap();
        let back: Moments = postcard::from_bytes(&bytes).unwrap();
        prop_assert_eq!(postcard::to_stdvec(&back).unwrap(), bytes);
    }
}
