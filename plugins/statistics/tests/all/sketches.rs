//! The sketches against others of the same kind: `sketches-ddsketch` and `hyperloglogplus`.

use std::hash::{BuildHasherDefault, DefaultHasher};

use hyperloglogplus::{HyperLogLog, HyperLogLogPlus};
use mlhost_statistics::{Distinct, Distribution, RELATIVE_ERROR, STANDARD_ERROR};
use sketches_ddsketch::{Config, DDSketch};

/// Nine orders of magnitude, on both sides of zero, none twice.
fn values() -> Vec<f64> {
    let size = |row: i32| (f64::from(row) / 5000.0).exp();
    let signs = [1.0, -1.0].into_iter().cycle();
    (0..100_000)
        .zip(signs)
        .map(|(row, sign)| sign * size(row))
        .collect()
}

#[test]
fn quantiles_are_those_of_another_sketch() {
    let values = values();
    let mut ours = Distribution::default();
    ours.update(&values);
    assert!(!ours.is_exact());
    // As many bins as it likes, so that it collapses none.
    let mut theirs = DDSketch::new(Config::new(RELATIVE_ERROR, 1 << 20, 1e-9));
    values.iter().for_each(|value| theirs.add(*value));
    let mut sorted = values;
    sorted.sort_by(f64::total_cmp);
    // The median is between the two values next to zero, which are as far apart as they are large.
    for percent in (1..100).filter(|percent| *percent != 50) {
        let q = f64::from(percent) / 100.0;
        let exact = sorted[(q * (sorted.len() - 1) as f64) as usize];
        // Neighbours are 0.04 % apart, and between two of them we interpolate.
        let allowed = |errors: f64| exact.abs() * (errors * RELATIVE_ERROR + 0.0005);
        let ours = ours.quantile(q).unwrap();
        let theirs = theirs.quantile(q).unwrap().unwrap();
        assert!(
            (ours - exact).abs() <= allowed(1.0),
            "{q}: {ours}, exactly {exact}"
        );
        assert!(
            (ours - theirs).abs() <= allowed(2.0),
            "{q}: {ours} and {theirs}"
        );
    }
}

#[test]
fn different_values_are_as_many_as_another_sketch_says() {
    let mut ours = Distinct::default();
    let builder = BuildHasherDefault::<DefaultHasher>::default();
    let mut theirs: HyperLogLogPlus<u64, _> = HyperLogLogPlus::new(14, builder).unwrap();
    let mut seen = 0_u64;
    for up_to in [30_000_u64, 100_000, 300_000] {
        let new: Vec<f64> = (seen..up_to).map(|value| value as f64).collect();
        ours.update(&new);
        ours.update(&new);
        (seen..up_to).for_each(|value| theirs.insert(&value));
        seen = up_to;
        let (ours, theirs) = (ours.count(), theirs.count());
        // Each is within four standard errors of what there is, and the hashes are of two kinds.
        let allowed = 4.0 * STANDARD_ERROR * up_to as f64;
        assert!((ours - up_to as f64).abs() <= allowed, "{ours} of {up_to}");
        assert!(
            (ours - theirs).abs() <= 2.0 * allowed,
            "{ours} and {theirs} of {up_to}"
        );
    }
}
