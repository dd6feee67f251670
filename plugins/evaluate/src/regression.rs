//! Scores of predicted numbers, from the errors and the spread of the target.
//!
//! Definitions follow scikit-learn's `metrics` module.

use mlhost_plugin::{RecordBatch, Result};
use mlhost_statistics::{Distribution, Extremes, Moments};
use serde::{Deserialize, Serialize};

use crate::kept::KeptNumbers;
use crate::rows::Rows;
use crate::scores::Scores;
use crate::values::numbers;

/// What is learned of a regression.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Regression {
    pub(crate) rows: Rows,
    target: Moments,
    target_range: Extremes,
    squared_errors: Moments,
    absolute_errors: Moments,
    /// For the median, which no moment gives.
    absolute_error_counts: Distribution,
    pub(crate) kept: Option<KeptNumbers>,
}

impl Regression {
    /// Nothing learned yet; whether rows are to be kept.
    pub(crate) fn new(keep: bool) -> Self {
        Self {
            kept: keep.then(KeptNumbers::default),
            ..Self::default()
        }
    }

    /// Takes in rows whose first column is the target and whose second one is the
    /// prediction.
    pub(crate) fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let targets = numbers(rows.column(0))?;
        let predictions = numbers(rows.column(1))?;
        let mut scored = Vec::with_capacity(targets.len());
        let mut errors = Vec::with_capacity(targets.len());
        for (&target, &prediction) in targets.iter().zip(&predictions) {
            if target.is_nan() {
                self.rows.without_target += 1;
                continue;
            }
            self.rows.with_target += 1;
            self.rows.infinite_targets += u64::from(target.is_infinite());
            self.rows.unusable_predictions += u64::from(!prediction.is_finite());
            if target.is_finite() && prediction.is_finite() {
                scored.push(target);
                errors.push((target - prediction).abs());
                if let Some(kept) = &mut self.kept {
                    kept.targets.push(target);
                    kept.predictions.push(prediction);
                }
            }
        }
        self.target.update(&scored);
        self.target_range.update(&scored);
        self.absolute_errors.update(&errors);
        self.absolute_error_counts.update(&errors);
        errors.iter_mut().for_each(|error| *error *= *error);
        self.squared_errors.update(&errors);
        Ok(())
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        self.rows.merge(&later.rows);
        self.target.merge(&later.target);
        self.target_range.merge(&later.target_range);
        self.squared_errors.merge(&later.squared_errors);
        self.absolute_errors.merge(&later.absolute_errors);
        self.absolute_error_counts
            .merge(&later.absolute_error_counts);
        if let (Some(kept), Some(later)) = (&mut self.kept, &later.kept) {
            kept.merge(later);
        }
    }

    pub(crate) fn scores(&self) -> Scores {
        let mut scores = Scores::default();
        scores.add("r2", self.r2());
        scores.add("rmse", self.squared_errors.mean().map(f64::sqrt));
        scores.add("mae", self.absolute_errors.mean());
        scores.add(
            "median_absolute_error",
            self.absolute_error_counts.quantile(0.5),
        );
        scores
    }

    /// The share of the target's variance that the predictions explain. As in
    /// scikit-learn it does not exist for fewer than two rows, and for a target
    /// without variance is 1 where every prediction is right and 0 otherwise.
    fn r2(&self) -> Option<f64> {
        if self.target.count() < 2 {
            return None;
        }
        let (error, variance) = (self.squared_errors.mean()?, self.target.variance()?);
        // The variance of equal values may be a little above zero, by rounding.
        if self.target_range.minimum() == self.target_range.maximum() {
            return Some(if error == 0.0 { 1.0 } else { 0.0 });
        }
        Some(1.0 - error / variance)
    }
}
