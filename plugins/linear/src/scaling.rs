//! Standardised features, in which the solvers work: a mean of zero and a standard
//! deviation of one make sums of squares well conditioned whatever the units.

use mlhost_plugin::{Error, Result};
use mlhost_statistics::Moments;

use crate::model::Linear;
use crate::passes::Block;

/// The mean and the standard deviation of each feature.
#[derive(Clone, Debug)]
pub(crate) struct Scaling {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Scaling {
    /// The scaling that standardises features with these moments. A feature that is
    /// constant becomes zero.
    pub(crate) fn new(features: &[String], moments: &[Moments]) -> Result<Self> {
        let mut scaling = Self {
            means: vec![],
            deviations: vec![],
        };
        for (feature, moments) in features.iter().zip(moments) {
            let mean = moments.mean().unwrap_or(0.0);
            let deviation = moments.standard_deviation().unwrap_or(0.0);
            if !mean.is_finite() || !deviation.is_finite() {
                let message = format!("the values of feature `{feature}` are too large to square");
                return Err(Error::data(message));
            }
            // The deviation of equal values may be a little above zero, by rounding.
            let constant = deviation <= 10.0 * f64::EPSILON * mean.abs();
            scaling.means.push(mean);
            scaling
                .deviations
                .push(if constant { f64::INFINITY } else { deviation });
        }
        Ok(scaling)
    }

    /// Standardises values in place.
    pub(crate) fn apply(&self, block: &mut Block) {
        let parameters = self.means.iter().zip(&self.deviations);
        for (column, (mean, deviation)) in block.columns_mut().zip(parameters) {
            for value in column {
                *value = (*value - mean) / deviation;
            }
        }
    }

    /// What a penalty of 1 on each coefficient is for the coefficient of the
    /// standardised feature.
    pub(crate) fn penalties(&self) -> Vec<f64> {
        let penalty = |deviation: &f64| 1.0 / (deviation * deviation);
        self.deviations.iter().map(penalty).collect()
    }

    /// What one unit of each standardised feature is in the feature's own units, 0 for
    /// one that is constant.
    pub(crate) fn units(&self) -> Vec<f64> {
        let unit = |deviation: &f64| Some(*deviation).filter(|unit| unit.is_finite());
        let units = self.deviations.iter().map(unit);
        units.map(Option::unwrap_or_default).collect()
    }

    /// The function of the features that equals this one of the standardised ones.
    pub(crate) fn unscaled(&self, coefficients: &[f64], intercept: f64) -> Linear {
        let coefficients: Vec<f64> = coefficients
            .iter()
            .zip(&self.deviations)
            .map(|(coefficient, deviation)| coefficient / deviation)
            .collect();
        let offsets = coefficients.iter().zip(&self.means);
        let offset: f64 = offsets.map(|(coefficient, mean)| coefficient * mean).sum();
        Linear {
            coefficients,
            intercept: intercept - offset,
        }
    }
}
