//! Sums and moments that round once, at the end: against whole numbers, and in any order.

use mlhost_statistics::{ExactMoments, ExactSum};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{merged, pieces};

/// A whole multiple of 2^-40, and the multiple.
fn multiple() -> impl Strategy<Value = (f64, i128)> {
    let magnitude = (0_u32..53).prop_flat_map(|bits| 0..1_i64 << bits);
    (magnitude, any::<bool>()).prop_map(|(magnitude, negative)| {
        let multiple = if negative { -magnitude } else { magnitude };
        (multiple as f64 * 2.0_f64.powi(-40), i128::from(multiple))
    })
}

/// A finite number of any size.
fn any_size() -> impl Strategy<Value = f64> {
    any::<u64>().prop_map(|bits| {
        let number = f64::from_bits(bits);
        if number.is_finite() { number } else { 1.5 }
    })
}

#[test]
fn what_cancels_leaves_no_trace() {
    let sum = |terms: &[f64]| terms.iter().copied().collect::<ExactSum>().value();
    assert_eq!(sum(&[]).to_bits(), 0.0_f64.to_bits());
    assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
    assert_eq!(sum(&[1e308, 1e308, -1e308]), 1e308);
    assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
    assert_eq!(sum(&[5e-324, 5e-324, -5e-324]), 5e-324);
    assert_eq!(sum(&[-2.5, 1.0]), -1.5);
    // math.fsum([0.1] * 10) of Python is 1.0, and so is that of any exact sum.
    assert_eq!(sum(&[0.1; 10]), 1.0);
    assert!(sum(&[1.0, f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    // Half of a last place goes to the even number, and more than half up.
    let place = f64::EPSILON;
    assert_eq!(sum(&[1.0, place / 2.0]), 1.0);
    assert_eq!(sum(&[1.0, place / 2.0, 5e-324]), 1.0 + place);
}

#[test]
fn equal_numbers_have_no_variance() {
    let moments: ExactMoments = [0.1; 7].into_iter().collect();
    assert_eq!(moments.variance(), Some(0.0));
    assert_eq!(moments.sample_standard_deviation(), Some(0.0));
    assert_eq!(moments.mean(), Some(0.1));
    assert_eq!(ExactMoments::default().mean(), None);
    assert_eq!(ExactMoments::default().variance(), None);
    let one: ExactMoments = [4.0].into_iter().collect();
    assert_eq!(one.sample_standard_deviation(), None);
}

proptest! {
    #[test]
    fn sums_are_those_of_whole_numbers(terms in vec(multiple(), 0..3_000)) {
        let sum: ExactSum = terms.iter().map(|(term, _)| *term).collect();
        let whole: i128 = terms.iter().map(|(_, whole)| *whole).sum();
        prop_assert_eq!(sum.value(), whole as f64 * 2.0_f64.powi(-40));
    }

    #[test]
    fn variances_are_those_of_whole_numbers(terms in vec(-1_000_000_000_i64..1_000_000_000, 1..50)) {
        let moments: ExactMoments = terms.iter().map(|term| *term as f64).collect();
        let count = terms.len() as i128;
        let sum: i128 = terms.iter().map(|term| i128::from(*term)).sum();
        let squares: i128 = terms.iter().map(|term| i128::from(*term).pow(2)).sum();
        let expected = (count * squares - sum * sum) as f64 / count as f64;
        prop_assert_eq!(moments.squared_deviations(), Some(expected));
    }

    #[test]
    fn parts_and_order_change_no_bit(
        terms in vec(any_size(), 0..200),
        cuts in vec(0_usize..300, 0..5),
        as_tree in any::<bool>(),
    ) {
        let whole: ExactSum = terms.iter().copied().collect();
        let backwards: ExactSum = terms.iter().rev().copied().collect();
        let parts = pieces(&terms, &cuts).into_iter();
        let parts = parts.map(|part| part.into_iter().collect::<ExactSum>()).collect();
        let parts = merged(parts, as_tree, ExactSum::merge);
        let bytes = |sum: &ExactSum| postcard::to_stdvec(sum).unwrap();
        prop_assert_eq!(bytes(&whole), bytes(&backwards));
        prop_assert_eq!(bytes(&whole), bytes(&parts));
        let read: ExactSum = postcard::from_bytes(&bytes(&whole)).unwrap();
        prop_assert_eq!(read.value().to_bits(), whole.value().to_bits());
        prop_assert_eq!(whole.minus(&parts).value(), 0.0);
    }

    #[test]
    fn products_are_not_rounded(left in multiple(), right in multiple()) {
        let mut sum = ExactSum::default();
        sum.add_product(left.0, right.0);
        // What is left of the product without its rounded value, in whole numbers.
        let rounded = left.0 * right.0 * 2.0_f64.powi(80);
        sum.add(-(left.0 * right.0));
        let rest = left.1 * right.1 - rounded as i128;
        prop_assert_eq!(sum.value(), rest as f64 * 2.0_f64.powi(-80));
    }
}
