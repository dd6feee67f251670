//! An expansion for many values: Pelz and Good, "Approximating the Lower Tail-areas
//! of the Kolmogorov–Smirnov One-sample Statistic", Journal of the Royal Statistical
//! Society B 38 (2), 1976.
//!
//! `P(D < d) ≈ K0(z) + K1(z) / √n + K2(z) / n + K3(z) / n^(3/2)` with `z = d √n`,
//! each `K` a sum that converges within a few terms for small `z`.

use std::f64::consts::{PI, TAU};

/// The probability that the statistic of `n` values is less than `d`.
pub(super) fn cumulative(n: u64, d: f64) -> f64 {
    let root = (n as f64).sqrt();
    let z = d * root;
    let exponent = -PI * PI / (8.0 * z * z);
    // Beyond this the first term of every sum underflows.
    if exponent < -708.0 {
        return 0.0;
    }
    let terms = (16.0 * z / PI).ceil() as u32;
    let [k0, k1, k2, k3] = odd_sums(z, exponent, terms);
    let [extra2, extra3] = whole_sums(z, terms);
    k0 + (k1 + (k2 + extra2 + (k3 + extra3) / root) / root) / root
}

/// The sums over odd numbers `m` of polynomials in `m²` times `exp(-π² m² / (8 z²))`.
fn odd_sums(z: f64, exponent: f64, terms: u32) -> [f64; 4] {
    let (p2, p4, p6) = (PI.powi(2), PI.powi(4), PI.powi(6));
    let (z2, z4, z6) = (z.powi(2), z.powi(4), z.powi(6));
    let mut sums = [0.0; 4];
    for k in (1..=terms).rev() {
        let m2 = f64::from(2 * k - 1).powi(2);
        let (m4, m6) = (m2 * m2, m2 * m2 * m2);
        let weight = (exponent * m2).exp();
        let polynomials = [
            1.0,
            p2 / 4.0 * m2 - z2,
            6.0 * z6
                + 2.0 * z4
                + (2.0 * z4 - 5.0 * z2) * p2 / 4.0 * m2
                + p4 * (1.0 - 2.0 * z2) / 16.0 * m4,
            -30.0 * z6 - 90.0 * z.powi(8)
                + p2 * (135.0 * z4 - 96.0 * z6) / 4.0 * m2
                + p4 * (212.0 * z4 - 60.0 * z2) / 16.0 * m4
                + p6 * (5.0 - 30.0 * z2) / 64.0 * m6,
        ];
        for (sum, polynomial) in sums.iter_mut().zip(polynomials) {
            *sum += polynomial * weight;
        }
    }
    let divisors = [z, 6.0 * z4, 72.0 * z.powi(7), 6480.0 * z.powi(10)];
    std::array::from_fn(|place| sums[place] * TAU.sqrt() / divisors[place])
}

/// The sums over all whole numbers `k`, which `K2` and `K3` have besides.
fn whole_sums(z: f64, terms: u32) -> [f64; 2] {
    let p2 = PI * PI;
    let (mut second, mut third) = (0.0, 0.0);
    for k in (1..=terms).rev() {
        let k2 = f64::from(k).powi(2);
        let weight = k2 * (-p2 * k2 / (2.0 * z * z)).exp();
        second += weight;
        third += (3.0 * z * z - p2 * k2) * weight;
    }
    let scale = p2 * TAU.sqrt();
    [
        -second * scale / (36.0 * z.powi(3)),
        third * scale / (216.0 * z.powi(6)),
    ]
}
