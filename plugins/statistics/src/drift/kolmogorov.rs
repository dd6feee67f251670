//! The distribution of the one-sample Kolmogorov–Smirnov statistic.
//!
//! No one formula is both fast and accurate everywhere; which one is used where
//! follows Simard and L'Ecuyer, "Computing the Two-Sided Kolmogorov–Smirnov
//! Distribution", Journal of Statistical Software 39 (11), 2011, as in scipy's
//! `kstwo`, except that Durbin's matrix also stands in for Pomeranz' recursion: both
//! are exact.

mod durbin;
mod pelz_good;
mod smirnov;

/// The probability that the two-sided statistic of `n` values of a continuous
/// distribution is `d` or more; 1 where there are no values.
///
/// Within 1e-9 of scipy 1.17's `kstwo.sf(d, n)`, relatively, or 1e-13 absolutely.
pub fn kolmogorov_survival(n: u64, d: f64) -> f64 {
    let values = n as f64;
    if n > 0 && d >= 1.0 {
        return 0.0;
    }
    if n == 0 || values * d <= 0.5 {
        return 1.0;
    }
    let scaled = values * d * d;
    // Below the smallest probability that is worth a number.
    if n > 140 && scaled >= 370.0 {
        return 0.0;
    }
    // Twice the one-sided probability counts samples that stray to both sides twice:
    // there are none, or too few to matter.
    let far_enough = if n <= 140 {
        scaled > 4.0
    } else {
        scaled >= 2.2
    };
    let survival = if d >= 0.5 || far_enough {
        2.0 * smirnov::survival(n, d)
    } else if n <= 140 || (n <= 100_000 && values * d.powf(1.5) <= 1.4) {
        1.0 - durbin::cumulative(n, d)
    } else {
        1.0 - pelz_good::cumulative(n, d)
    };
    survival.clamp(0.0, 1.0)
}
