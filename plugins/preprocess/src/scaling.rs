//! Imputes and scales a column of numbers: a fill, a shift and a division that
//! follow from what was learned.
//!
//! Scaling is fitted to the column as it is after imputation, as in a scikit-learn
//! pipeline. No second pass is needed for that: the mean and the variance of some
//! values and of so many copies of one more follow from those of the values.

use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use mlhost_plugin::{Error, Result};
use mlhost_statistics::Moments;
use mlhost_statistics::column::for_each_block;

use crate::number::{NumberImpute, Numbers};
use crate::params::Scale;
use crate::present::rows_with_value;

/// A type of numbers that can be made.
pub(crate) trait Real: ArrowPrimitiveType {
    /// The nearest one.
    fn nearest(value: f64) -> Self::Native;
}

impl Real for Float32Type {
    fn nearest(value: f64) -> f32 {
        value as f32
    }
}

impl Real for Float64Type {
    fn nearest(value: f64) -> f64 {
        value
    }
}

/// Makes `(value - centre) / divisor` of each value, and of `fill` where there is
/// none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scaling {
    fill: Option<f64>,
    centre: f64,
    divisor: f64,
}

impl Scaling {
    /// What was learned, as an imputation and a scaling.
    ///
    /// # Errors
    /// There was no value to learn an imputation from, or an infinite one.
    pub(crate) fn new(learned: &Numbers) -> Result<Self> {
        let fill = fill(learned)?;
        let imputed = if fill.is_some() { learned.missing } else { 0 };
        let (centre, divisor) = match learned.treatment.scale {
            Scale::None => (0.0, 1.0),
            Scale::Standard => standard(learned, fill.unwrap_or(0.0), imputed),
            Scale::MinMax => min_max(learned, fill.filter(|_| imputed > 0)),
        };
        let scaling = Self {
            fill,
            centre,
            divisor,
        };
        if [fill.unwrap_or(0.0), centre, divisor]
            .iter()
            .all(|number| number.is_finite())
        {
            Ok(scaling)
        } else {
            Err(Error::data(
                "a value in the fit is infinite or too large to be scaled",
            ))
        }
    }

    /// Whether nulls stay.
    pub(crate) fn leaves_nulls(&self) -> bool {
        self.fill.is_none()
    }

    /// Imputes and scales a column.
    pub(crate) fn apply<T: Real>(&self, array: &dyn Array) -> Result<ArrayRef> {
        let Self {
            fill,
            centre,
            divisor,
        } = *self;
        // Also what lies under a null, so that equal columns have equal bytes.
        let missing = T::nearest(fill.map_or(0.0, |fill| (fill - centre) / divisor));
        let mut scaled = Vec::with_capacity(array.len());
        for_each_block(array, |block| {
            scaled.extend(block.values.iter().map(|value| {
                let number = T::nearest((value - centre) / divisor);
                if value.is_nan() { missing } else { number }
            }));
            if let Some(validity) = &block.validity {
                for row in (!validity.inner()).set_indices() {
                    scaled[block.first_row + row] = missing;
                }
            }
        })
        .map_err(|error| Error::data(error.to_string()))?;
        let nulls = if self.leaves_nulls() {
            rows_with_value(array)?
        } else {
            None
        };
        Ok(Arc::new(PrimitiveArray::<T>::new(scaled.into(), nulls)))
    }
}

fn fill(learned: &Numbers) -> Result<Option<f64>> {
    let distribution = learned.distribution.as_ref();
    let (what, fill) = match learned.treatment.impute {
        NumberImpute::None => return Ok(None),
        NumberImpute::Constant(number) => return Ok(Some(number)),
        NumberImpute::Mean => ("mean", learned.moments.as_ref().and_then(Moments::mean)),
        NumberImpute::Median => ("median", distribution.and_then(|d| d.quantile(0.5))),
        NumberImpute::MostFrequent => (
            "most frequent value",
            distribution.and_then(|d| d.mode()).map(|(value, _)| value),
        ),
    };
    fill.map(Some).ok_or_else(|| {
        Error::data(format!(
            "no row of the fit has a value, so that there is no {what} to impute; drop the \
             column or impute a constant"
        ))
    })
}

/// The mean and the population standard deviation after so many values are imputed.
fn standard(learned: &Numbers, fill: f64, imputed: u64) -> (f64, f64) {
    let moments = learned.moments.unwrap_or_default();
    let (present, imputed) = (moments.count() as f64, imputed as f64);
    let count = present + imputed;
    if count == 0.0 {
        return (0.0, 1.0);
    }
    let mean = moments.mean().unwrap_or(fill);
    let variance = moments.variance().unwrap_or(0.0);
    let share = imputed / count;
    let difference = fill - mean;
    let mean = mean + difference * share;
    let variance = variance * (1.0 - share) + difference * difference * share * (1.0 - share);
    let divisor = if is_constant(variance, mean, count) {
        1.0
    } else {
        variance.sqrt()
    };
    (mean, divisor)
}

/// Whether a variance is no more than rounding could have left of zero: the bound
/// is that of scikit-learn's `_is_constant_feature`, which follows the analysis of
/// Chan, Golub and LeVeque (1983).
fn is_constant(variance: f64, mean: f64, count: f64) -> bool {
    let rounding = count * mean * f64::EPSILON;
    variance <= count * f64::EPSILON * variance + rounding * rounding
}

/// The minimum and the range after a value is imputed.
fn min_max(learned: &Numbers, imputed: Option<f64>) -> (f64, f64) {
    let mut extremes = learned.extremes.unwrap_or_default();
    extremes.update(imputed.as_slice());
    let minimum = extremes.minimum().unwrap_or(0.0);
    let range = extremes.maximum().unwrap_or(0.0) - minimum;
    // As scikit-learn's `_handle_zeros_in_scale` has it.
    let constant = range < 10.0 * f64::EPSILON;
    (minimum, if constant { 1.0 } else { range })
}
