//! Distributions against numpy, exact and in buckets, and their laws.

use arrow_array::Float64Array;
use mlhost_statistics::{Distribution, EXACT_VALUES, RELATIVE_ERROR};
use proptest::prelude::*;

use crate::{merged, pieces};

fn of(values: &[f64]) -> Distribution {
    let mut distribution = Distribution::default();
    distribution.update(values);
    distribution
}

fn bytes(distribution: &Distribution) -> Vec<u8> {
    postcard::to_stdvec(distribution).unwrap()
}

/// More different values than are kept as they are, in no order.
fn many_values() -> Vec<f64> {
    (0..150_000_u32)
        .map(|i| f64::from(i.wrapping_mul(2_654_435_761)) / 1e4 - 1e5)
        .collect()
}

/// numpy: x = np.cos(np.arange(1001)) * 50;
/// np.quantile(x, [0, .001, .1, .25, .5, 1/3, .99, 1])
#[test]
fn quantiles_are_those_of_numpy() {
    let values: Vec<f64> = (0..1001).map(|i| f64::from(i).cos() * 50.0).collect();
    let distribution = of(&values);
    for (q, expected) in QUANTILES {
        let found = distribution.quantile(q).unwrap();
        assert!(
            (found - expected).abs() <= 1e-12,
            "quantile {q}: expected {expected}, found {found}"
        );
    }
    assert_eq!(distribution.quantile(1.5), None);
    assert_eq!(distribution.quantile(f64::NAN), None);
    assert_eq!(Distribution::default().quantile(0.5), None);
}
const QUANTILES: [(f64, f64); 8] = [
    (0.0, -49.99999997728295),
    (0.001, -49.9980679105667),
    (0.1, -47.48435697650829),
    (0.25, -35.277550334314995),
    (0.5, 0.22128489940253926),
    (0.3333333333333333, -24.746666963563587),
    (0.99, 49.968770799839525),
    (1.0, 50.0),
];

#[test]
fn small_columns_answer_every_question_exactly() {
    let mut distribution = Distribution::default();
    let column = [
        Some(3.0),
        None,
        Some(-0.0),
        Some(0.0),
        Some(f64::NAN),
        Some(3.0),
        Some(-5.0),
    ];
    distribution
        .update_array(&Float64Array::from(column.to_vec()))
        .unwrap();
    assert_eq!(
        (
            distribution.count(),
            distribution.nulls(),
            distribution.nans()
        ),
        (5, 1, 1)
    );
    assert_eq!(
        (distribution.distinct(), distribution.is_exact()),
        (Some(3), true)
    );
    assert_eq!(
        distribution.iter().collect::<Vec<_>>(),
        [(-5.0, 1), (0.0, 2), (3.0, 2)]
    );
    assert_eq!(distribution.mode(), Some((0.0, 2)));
    assert_eq!(
        [-6.0, -5.0, 1.0, 3.0].map(|x| distribution.cumulative(x, true)),
        [0, 1, 3, 5]
    );
    assert_eq!(
        [-6.0, -5.0, 1.0, 3.0].map(|x| distribution.cumulative(x, false)),
        [0, 0, 3, 3]
    );
    assert_eq!(distribution.histogram(&[0.0, 3.0]), [1, 2, 2]);
    assert_eq!(distribution.histogram(&[]), [5]);
    assert_eq!(distribution.extremes().minimum(), Some(-5.0));
    assert_eq!(distribution.extremes().maximum(), Some(3.0));
}

#[test]
fn questions_between_updates_see_every_update() {
    let mut distribution = of(&[1.0]);
    assert_eq!(distribution.quantile(1.0), Some(1.0));
    distribution.update(&[5.0]);
    assert_eq!(distribution.quantile(1.0), Some(5.0));
    distribution.merge(&of(&[9.0]));
    assert_eq!(distribution.quantile(1.0), Some(9.0));
}

#[test]
fn the_last_exact_value_is_the_limit() {
    let values: Vec<f64> = (0..=EXACT_VALUES).map(|value| value as f64).collect();
    assert_eq!(of(&values[1..]).distinct(), Some(EXACT_VALUES));
    let beyond = of(&values);
    assert_eq!(
        (beyond.distinct(), beyond.count()),
        (None, EXACT_VALUES as u64 + 1)
    );
    let mut merged = of(&values[..10]);
    merged.merge(&of(&values[10..]));
    assert_eq!(merged, beyond);
}

#[test]
fn buckets_keep_their_relative_error() {
    let values = many_values();
    let distribution = of(&values);
    assert!(!distribution.is_exact());
    let mut sorted = values;
    sorted.sort_by(f64::total_cmp);
    for rank in (0..sorted.len()).step_by(997) {
        let q = rank as f64 / (sorted.len() - 1) as f64;
        let found = distribution.quantile(q).unwrap();
        // Rounding of q may lead to the rank beside it.
        let near = &sorted[rank.saturating_sub(1)..(rank + 2).min(sorted.len())];
        let fits = |value: &f64| (found - value).abs() <= value.abs() * RELATIVE_ERROR * 1.000_001;
        assert!(
            near.iter().any(fits),
            "rank {rank}: {found} is none of {near:?}"
        );
    }
    assert_eq!(distribution.quantile(0.0), sorted.first().copied());
    assert_eq!(distribution.quantile(1.0), sorted.last().copied());
    let total: u64 = distribution.iter().map(|(_, count)| count).sum();
    assert_eq!((total, distribution.count()), (150_000, 150_000));
}

#[test]
fn buckets_keep_zero_the_infinities_and_the_ends_of_the_scale() {
    let special = [
        0.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN_POSITIVE,
        -f64::MAX,
    ];
    let distribution = of(&[&many_values()[..], &special].concat());
    let found: Vec<f64> = distribution.iter().map(|(value, _)| value).collect();
    for value in [0.0, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(found.contains(&value));
    }
    for value in [f64::MAX, f64::MIN_POSITIVE, -f64::MAX] {
        assert!(
            found
                .iter()
                .any(|found| (found / value - 1.0).abs() <= RELATIVE_ERROR)
        );
    }
    assert!(found.is_sorted_by(|value, next| value < next));
}

#[test]
fn an_exact_one_is_bucketed_to_compare_it() {
    let (many, few) = (of(&many_values()), of(&[1.0, 2.0]));
    let (left, right) = few.comparable(&many);
    assert!(!left.is_exact() && !right.is_exact());
    assert_eq!((left.count(), left.iter().len()), (2, 2));
    let (left, _) = few.comparable(&few);
    assert!(left.is_exact());
}

#[test]
fn a_damaged_serialised_form_is_refused() {
    for entries in [
        vec![(2.0, 1_u64), (1.0, 1)],
        vec![(1.0, 1), (1.0, 1)],
        vec![(f64::NAN, 1)],
        vec![(1.0, 0)],
        vec![(1.0, u64::MAX), (2.0, 1)],
    ] {
        // The first variant of the counts, then nulls and NaNs.
        let damaged = postcard::to_stdvec(&(0_u8, &entries, 0_u64, 0_u64)).unwrap();
        assert!(
            postcard::from_bytes::<Distribution>(&damaged).is_err(),
            "{entries:?} was taken"
        );
    }
    let sound = postcard::to_stdvec(&(0_u8, vec![(1.0, 1_u64), (2.0, 1)], 0_u64, 0_u64)).unwrap();
    assert_eq!(
        postcard::from_bytes::<Distribution>(&sound).unwrap(),
        of(&[1.0, 2.0])
    );
}

/// Numbers as they come in columns, and all others, NaN and zeros of both signs among them.
fn values() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        (-20..20_i32).prop_map(f64::from),
        any::<f64>(),
        Just(-0.0),
        Just(f64::NAN)
    ];
    prop::collection::vec(value, 0..300)
}

proptest! {
    #[test]
    fn are_the_same_for_every_split_order_and_tree(
        values in values(),
        cuts in prop::collection::vec(any::<usize>(), 0..8),
        as_tree: bool,
        backwards: bool,
    ) {
        let whole = of(&values);
        let mut parts: Vec<Distribution> = pieces(&values, &cuts).iter().map(|piece| of(piece)).collect();
        if backwards {
            parts.reverse();
        }
        let together = merged(parts, as_tree, |first, second| first.merge(second));
        prop_assert_eq!(&together, &whole);
        prop_assert_eq!(bytes(&together), bytes(&whole));
    }

    #[test]
    fn cumulative_counts_are_those_of_the_values(values in values(), bound in -25.0..25.0_f64) {
        let distribution = of(&values);
        for bound in [bound, bound.round()] {
            let below = values.iter().filter(|value| **value < bound).count() as u64;
            let up_to = values.iter().filter(|value| **value <= bound).count() as u64;
            prop_assert_eq!(distribution.cumulative(bound, false), below);
            prop_assert_eq!(distribution.cumulative(bound, true), up_to);
        }
    }

    #[test]
    fn survive_their_serialised_form(values in values()) {
        let distribution = of(&values);
        let back: Distribution = postcard::from_bytes(&bytes(&distribution)).unwrap();
        prop_assert_eq!(&back, &distribution);
        prop_assert_eq!(back.count(), distribution.count());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Pieces that are exact, pieces that are not, and merges that cross the limit.
    #[test]
    fn buckets_are_the_same_for_every_split_and_tree(
        cuts in prop::collection::vec(any::<usize>(), 0..6),
        as_tree: bool,
    ) {
        let values = many_values();
        let whole = of(&values);
        let parts = pieces(&values, &cuts).iter().map(|piece| of(piece)).collect();
        let together = merged(parts, as_tree, |first, second| first.merge(second));
        prop_assert_eq!(&together, &whole);
        prop_assert_eq!(bytes(&together), bytes(&whole));
        prop_assert_eq!(postcard::from_bytes::<Distribution>(&bytes(&whole)).unwrap(), whole);
    }
}
