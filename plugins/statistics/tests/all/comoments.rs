//! How two columns vary together.

use mlhost_statistics::Comoments;
use proptest::prelude::*;

proptest! {
    #[test]
    fn correlation_follows_its_definition(
        pairs in proptest::collection::vec((-1e3..1e3_f64, -1e3..1e3_f64), 2..100),
        cut in 0..100_usize,
    ) {
        let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let cut = cut.min(x.len());
        let mut merged = Comoments::default();
        merged.update(&x[..cut], &y[..cut]);
        let mut later = Comoments::default();
        later.update(&x[cut..], &y[cut..]);
        merged.merge(&later);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let about = |a: &[f64], b: &[f64]| -> f64 {
            let (mean_a, mean_b) = (mean(a), mean(b));
            a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum()
        };
        let expected = about(&x, &y) / (about(&x, &x) * about(&y, &y)).sqrt();
        let found = merged.correlation().unwrap();
        prop_assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
}

#[test]
fn a_correlation_may_not_exist() {
    let of = |x: &[f64], y: &[f64]| {
        let mut comoments = Comoments::default();
        comoments.update(x, y);
        (comoments.count(), comoments.correlation())
    };
    assert_eq!(of(&[], &[]), (0, None));
    assert_eq!(of(&[1.0], &[2.0]), (1, None));
    assert_eq!(of(&[1.0, 1.0], &[2.0, 3.0]), (2, None));
    assert_eq!(of(&[1.0, f64::NAN, 2.0], &[2.0, 3.0, f64::NAN]), (1, None));
    assert_eq!(of(&[1.0, f64::INFINITY], &[2.0, 3.0]), (2, None));
    assert_eq!(of(&[1.0, 2.0, f64::NAN], &[4.0, 2.0, 1.0]), (2, Some(-1.0)));
}
