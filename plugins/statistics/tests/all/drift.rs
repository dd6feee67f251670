//! Drift against scipy and numpy.

use mlhost_statistics::drift::{
    PSI_FLOOR, kolmogorov_smirnov, kolmogorov_survival, psi, quantile_edges, shares,
};
use mlhost_statistics::{Distribution, Error};
use proptest::prelude::*;

use crate::assert_close;

fn of(values: &[f64]) -> Distribution {
    let mut distribution = Distribution::default();
    distribution.update(values);
    distribution
}

/// numpy: np.round(np.sin(np.arange(400) ** 2) * 20) and
/// np.round(np.sin(np.arange(300) ** 2) * 20 + 1.5)
fn reference_and_current() -> (Distribution, Distribution) {
    let wave = |i: i32| f64::from(i * i).sin() * 20.0;
    let reference: Vec<f64> = (0..400).map(|i| wave(i).round_ties_even()).collect();
    let current: Vec<f64> = (0..300)
        .map(|i| (wave(i) + 1.5).round_ties_even())
        .collect();
    (of(&reference), of(&current))
}

/// scipy: ks_2samp(reference, current, method="asymp")
#[test]
fn kolmogorov_smirnov_is_that_of_scipy() {
    let (reference, current) = reference_and_current();
    let found = kolmogorov_smirnov(&reference, &current).unwrap();
    assert_close(found.statistic, 0.13, 1e-15);
    assert_close(found.p_value, 0.005582915254464405, 1e-9);
    assert_eq!(kolmogorov_smirnov(&current, &reference), Some(found));
}

/// scipy: kstwo.sf(d, n), by tests/fixtures/generate.py
#[test]
fn the_kolmogorov_distribution_is_that_of_scipy() {
    let fixture = include_str!("../fixtures/kolmogorov.csv");
    assert!(fixture.lines().count() > 100);
    for line in fixture.lines().skip(1) {
        let fields: Vec<f64> = line
            .split(',')
            .map(|field| field.parse().unwrap())
            .collect();
        let [n, d, expected] = fields[..] else {
            panic!("expected three fields in {line}")
        };
        let found = kolmogorov_survival(n as u64, d);
        let allowed = (1e-9 * expected).max(1e-13);
        assert!(
            (found - expected).abs() <= allowed,
            "{line}: found {found:e}"
        );
    }
}

#[test]
fn kolmogorov_smirnov_knows_its_ends() {
    assert_eq!(kolmogorov_smirnov(&of(&[]), &of(&[1.0])), None);
    let values: Vec<f64> = (0..500).map(f64::from).collect();
    let same = kolmogorov_smirnov(&of(&values), &of(&values)).unwrap();
    assert_eq!((same.statistic, same.p_value), (0.0, 1.0));
    let apart = kolmogorov_smirnov(&of(&values), &of(&[-1.0, -2.0])).unwrap();
    assert_eq!((apart.statistic, apart.p_value), (1.0, 0.0));
    let single = kolmogorov_smirnov(&of(&[1.0]), &of(&[1.0])).unwrap();
    assert_eq!(single.p_value, 1.0);
    assert_eq!(kolmogorov_survival(0, 0.5), 1.0);
}

#[test]
fn an_exact_and_a_bucketed_sample_of_the_same_values_are_close() {
    let many: Vec<f64> = (0..100_000)
        .map(|i| (f64::from(i) * 0.618_033_98).fract() * 100.0)
        .collect();
    let few: Vec<f64> = many.iter().step_by(7).copied().collect();
    let (many, few) = (of(&many), of(&few));
    assert!(!many.is_exact() && few.is_exact());
    let found = kolmogorov_smirnov(&many, &few).unwrap();
    assert!(found.statistic < 0.002, "{found:?}");
}

/// numpy: edges = np.unique(np.quantile(reference, np.linspace(0, 1, 11)[1:-1])), shares by
/// np.bincount(np.searchsorted(edges, x, "right")), clipped at 1e-4
#[test]
fn psi_of_ten_bins_is_that_of_numpy() {
    let (reference, current) = reference_and_current();
    let edges = quantile_edges(&reference, 10);
    assert_eq!(
        edges,
        [-19.0, -16.0, -11.0, -5.0, 0.5, 6.0, 12.0, 16.0, 19.0]
    );
    let (left, right) = (
        shares(&reference.histogram(&edges)),
        shares(&current.histogram(&edges)),
    );
    assert_eq!(left[..3], [0.0725, 0.1225, 0.1025]);
    assert_close(
        psi(&left, &right, PSI_FLOOR).unwrap(),
        0.5195085917322139,
        1e-13,
    );
}

/// numpy: p, q = [.5, .3, .2, 0], [.25] * 4, clipped at 1e-4
#[test]
fn psi_raises_empty_bins_to_the_floor() {
    let found = psi(&[0.5, 0.3, 0.2, 0.0], &[0.25; 4], PSI_FLOOR).unwrap();
    assert_close(found, 2.148789148658382, 1e-13);
    assert_eq!(psi(&[], &[], PSI_FLOOR), Ok(0.0));
}

#[test]
fn psi_of_other_bins_is_refused() {
    let refused = psi(&[1.0], &[0.5, 0.5], PSI_FLOOR).unwrap_err();
    assert_eq!(
        refused,
        Error::UnequalBins {
            reference: 1,
            current: 2
        }
    );
    assert_eq!(
        refused.to_string(),
        "expected as many shares in the reference as in the current data, found 1 and 2"
    );
}

#[test]
fn equal_quantiles_make_one_edge_and_nothing_makes_none() {
    assert_eq!(quantile_edges(&of(&[0.0; 50]), 10), [0.0]);
    assert_eq!(quantile_edges(&of(&[]), 10), []);
    assert_eq!(quantile_edges(&of(&[1.0, 2.0]), 1), []);
    assert_eq!(shares(&[0, 0]), [0.0, 0.0]);
}

proptest! {
    #[test]
    fn psi_is_symmetric_and_zero_for_equal_shares(counts in prop::collection::vec((0..50_u64, 0..50_u64), 1..20)) {
        let (left, right): (Vec<u64>, Vec<u64>) = counts.into_iter().unzip();
        let (left, right) = (shares(&left), shares(&right));
        let there = psi(&left, &right, PSI_FLOOR).unwrap();
        let back = psi(&right, &left, PSI_FLOOR).unwrap();
        prop_assert!((there - back).abs() <= 1e-12 && there >= 0.0);
        prop_assert_eq!(psi(&left, &left, PSI_FLOOR), Ok(0.0));
    }

    #[test]
    fn the_largest_distance_is_that_of_the_definition(
        left in prop::collection::vec(-9..9_i32, 1..40),
        right in prop::collection::vec(-9..9_i32, 1..40),
    ) {
        let share = |values: &[i32], bound: i32| {
            values.iter().filter(|value| **value <= bound).count() as f64 / values.len() as f64
        };
        let expected = (-9..9).map(|x| (share(&left, x) - share(&right, x)).abs()).fold(0.0, f64::max);
        let floats = |values: &[i32]| of(&values.iter().map(|value| f64::from(*value)).collect::<Vec<_>>());
        let found = kolmogorov_smirnov(&floats(&left), &floats(&right)).unwrap();
        prop_assert_eq!(found.statistic, expected);
        prop_assert!((0.0..=1.0).contains(&found.p_value));
    }

    #[test]
    fn the_survival_falls_with_the_distance(n in 1..2000_u64, d in 0.0..1.0_f64, step in 0.0..0.1_f64) {
        prop_assert!(kolmogorov_survival(n, d + step) <= kolmogorov_survival(n, d) + 1e-9);
    }
}

/// Interpolated, there would be no number at these edges.
#[test]
fn edges_beside_infinite_values_are_values() {
    let inf = f64::INFINITY;
    let finite = |count: i32| (0..count).map(f64::from);
    let above: Vec<f64> = finite(901).chain([inf; 100]).collect();
    let edges = quantile_edges(&of(&above), 10);
    assert_eq!(edges.last(), Some(&900.0));
    assert_eq!(of(&above).histogram(&edges).last(), Some(&101));
    let below: Vec<f64> = finite(900).chain([-inf; 101]).collect();
    let edges = quantile_edges(&of(&below), 10);
    assert_eq!(edges.first(), Some(&0.0));
    assert_eq!(of(&below).histogram(&edges).first(), Some(&101));
    assert_eq!(quantile_edges(&of(&[-inf, inf, -inf, inf]), 4), [inf]);
    let apart = of(&[-1.7e308, 1.7e308, f64::MAX, f64::MIN]);
    assert!(
        quantile_edges(&apart, 10)
            .iter()
            .all(|edge| edge.is_finite())
    );
}

proptest! {
    #[test]
    fn bins_hold_every_value_whatever_the_values(
        values in proptest::collection::vec(proptest::num::f64::ANY, 1..200),
        infinities in 0_usize..40,
        bins in 2_usize..20,
    ) {
        let infinite = [f64::INFINITY, f64::NEG_INFINITY].into_iter().cycle().take(infinities);
        let all: Vec<f64> = values.into_iter().chain(infinite).collect();
        let distribution = of(&all);
        let edges = quantile_edges(&distribution, bins);
        prop_assert!(edges.is_sorted_by(|edge, next| edge < next), "{edges:?}");
        let counts = distribution.histogram(&edges);
        prop_assert_eq!(counts.iter().sum::<u64>(), distribution.count());
    }
}

#[test]
fn an_edge_that_is_no_number_has_an_interval_of_nothing() {
    let histogram = of(&[1.0, 2.0, 3.0]).histogram(&[1.5, f64::NAN, 2.5]);
    assert_eq!(histogram, [1, 0, 1, 1]);
}
