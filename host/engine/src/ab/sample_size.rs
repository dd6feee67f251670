//! How many rows would decide a difference.
//!
//! By the normal approximation, a paired difference `d` of a mean over rows is found at confidence
//! `1 - a`, on both sides, with the probability `p` among `n = ((z(1 - a/2) + z(p)) s / d)^2` rows,
//! where `s` is the standard deviation of the differences of the rows (Chow, Shao and Wang, "Sample
//! Size Calculations in Clinical Research", 2nd edition, 2008, section 3.1). Over `m` rows `s` is the
//! standard error times the square root of `m`; for a metric that is no mean over rows, such as
//! `r2`, its standard error by the bootstrap takes that place, as it falls with the square root of
//! the number of rows as well.

use special::Error as _;

use super::POWER;

/// The number of rows that decide a difference with this standard error over so many rows; none if
/// there is no difference to decide.
pub(super) fn rows_to_decide(
    rows: u64,
    difference: f64,
    standard_error: f64,
    confidence: f64,
) -> Option<u64> {
    let distance = quantile((1.0 + confidence) / 2.0) + quantile(POWER);
    let needed = rows as f64 * (distance * standard_error / difference).powi(2);
    // Two rows are the fewest that have a spread; the cast ends at the largest number there is.
    needed.is_finite().then(|| needed.ceil().max(2.0) as u64)
}

/// The value that a share of the standard normal distribution does not exceed.
pub(super) fn quantile(share: f64) -> f64 {
    std::f64::consts::SQRT_2 * (2.0 * share - 1.0).inv_error()
}

#[cfg(test)]
mod tests {
    use super::rows_to_decide;

    #[test]
    fn it_is_that_of_the_textbook() {
        // A difference of half a standard deviation, on both sides at 95 %, power 80 %: the 32 of
        // ((1.95996 + 0.84162) / 0.5)^2 = 31.395.
        let rows = 400;
        let error = 1.0 / f64::from(rows).sqrt();
        assert_eq!(rows_to_decide(400, 0.5, error, 0.95), Some(32));
        assert_eq!(rows_to_decide(400, -0.5, error, 0.95), Some(32));
        // At 99 %: ((2.57583 + 0.84162) / 0.5)^2 = 46.716.
        assert_eq!(rows_to_decide(400, 0.5, error, 0.99), Some(47));
    }

    #[test]
    fn a_difference_at_the_end_of_its_interval_needs_about_twice_the_rows() {
        // (1.95996 + 0.84162)^2 / 1.95996^2 = 2.04.
        assert_eq!(rows_to_decide(10_000, 1.959_964, 1.0, 0.95), Some(20_433));
    }

    #[test]
    fn no_number_of_rows_decides_no_difference() {
        assert_eq!(rows_to_decide(400, 0.0, 0.1, 0.95), None);
        assert_eq!(rows_to_decide(400, 0.0, 0.0, 0.95), None);
        // The same on every row needs hardly any.
        assert_eq!(rows_to_decide(400, 0.1, 0.0, 0.95), Some(2));
    }
}
