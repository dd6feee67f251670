//! Whether two samples share out alike among categories: the chi-squared test of homogeneity, and
//! the z-test where there are two categories.
//!
//! Source: Pearson, "On the criterion that a given system of deviations …", Philosophical Magazine
//! 50, 1900, with the degrees of freedom of Fisher (1922). Both samples are taken for samples: a
//! test of the current data alone against the shares of the reference, as if those were known
//! without error (scipy's `chisquare`), finds drift too often, and fails for a category that the
//! reference does not have.

use special::Error as _;

use super::gamma::upper_regularised;
use super::shares::same_bins;
use crate::Result;

/// What a test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The statistic of the test.
    pub statistic: f64,
    /// The probability of a statistic at least as large for two samples of one distribution.
    pub p_value: f64,
    /// Of the chi-squared distribution; 1 for the z-test.
    pub degrees_of_freedom: u64,
}

impl Test {
    /// Two samples that cannot differ.
    const ALIKE: Self = Self {
        statistic: 0.0,
        p_value: 1.0,
        degrees_of_freedom: 0,
    };
}

/// The chi-squared test of homogeneity: of two samples, with so many values of each category.
///
/// scipy's `chi2_contingency([reference, current], correction=False)`, with categories that neither
/// has left out. `None` where one sample is empty. Where there is one category, the statistic is 0
/// and the probability 1.
///
/// # Errors
/// [`crate::Error::UnequalBins`] where there are more counts of one than of the other.
pub fn chi_squared(reference: &[u64], current: &[u64]) -> Result<Option<Test>> {
    same_bins(reference, current)?;
    let (m, n) = (total(reference), total(current));
    if m == 0.0 || n == 0.0 {
        return Ok(None);
    }
    let (mut statistic, mut categories) = (0.0, 0_u64);
    for (r, c) in reference.iter().zip(current) {
        let (r, c) = (*r as f64, *c as f64);
        if r + c == 0.0 {
            continue;
        }
        categories += 1;
        for (observed, size) in [(r, m), (c, n)] {
            let expected = (r + c) * (size / (m + n));
            statistic += (observed - expected).powi(2) / expected;
        }
    }
    let Some(degrees_of_freedom) = categories.checked_sub(1).filter(|degrees| *degrees > 0) else {
        return Ok(Some(Test::ALIKE));
    };
    Ok(Some(Test {
        statistic,
        p_value: chi_squared_survival(degrees_of_freedom, statistic),
        degrees_of_freedom,
    }))
}

/// The probability that a chi-squared variable of so many degrees of freedom is above a value:
/// scipy's `chi2.sf`, within 1e-10, relatively, up to 20,000 degrees.
pub fn chi_squared_survival(degrees_of_freedom: u64, value: f64) -> f64 {
    upper_regularised(degrees_of_freedom as f64 / 2.0, value / 2.0)
}

/// The two-sided z-test of two proportions with a pooled variance: so many successes among all
/// values, in the reference and in the current data.
///
/// `z = (p1 - p2) / sqrt(p (1 - p) (1/m + 1/n))` with `p` of both together, and `2 Φ(-|z|)`: the
/// chi-squared test of the two-by-two table, of which `z²` is the statistic. `None` where one
/// sample is empty; where all values of both are equal, the statistic is 0 and the probability 1.
pub fn z_test(reference: (u64, u64), current: (u64, u64)) -> Option<Test> {
    let ((r, m), (c, n)) = (reference, current);
    if m == 0 || n == 0 {
        return None;
    }
    let (r, m, c, n) = (r as f64, m as f64, c as f64, n as f64);
    let pooled = (r + c) / (m + n);
    let variance = pooled * (1.0 - pooled) * (1.0 / m + 1.0 / n);
    if variance <= 0.0 {
        return Some(Test::ALIKE);
    }
    let z = (r / m - c / n) / variance.sqrt();
    Some(Test {
        statistic: z,
        p_value: (z.abs() / std::f64::consts::SQRT_2).compl_error(),
        degrees_of_freedom: 1,
    })
}

fn total(counts: &[u64]) -> f64 {
    counts.iter().sum::<u64>() as f64
}
