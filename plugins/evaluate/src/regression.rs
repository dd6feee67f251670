//! Scores of predicted numbers, from the errors and the spread of the target.
//!
//! Definitions follow scikit-learn's `metrics` module. All sums are exact, so that scores are the
//! same bits in however many parts the rows came.

use mlhost_plugin::{RecordBatch, Result};
use mlhost_statistics::{Distribution, ExactMoments, ExactSum};
use serde::{Deserialize, Serialize};

use crate::Params;
use crate::kept::KeptNumbers;
use crate::residuals::Residuals;
use crate::rows::Rows;
use crate::scores::Scores;
use crate::slices::{Slices, Tally};
use crate::values::numbers;

/// What a regression is learned of: targets and predictions, NaN where there is none.
#[derive(Debug)]
pub(crate) struct NumberRows {
    targets: Vec<f64>,
    predictions: Vec<f64>,
}

/// What is learned of a regression.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Regression {
    pub(crate) all: NumberTally,
    pub(crate) residuals: Residuals,
    pub(crate) slices: Slices<NumberTally>,
    pub(crate) kept: Option<KeptNumbers>,
}

/// What the scores of some rows follow from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NumberTally {
    rows: Rows,
    targets: ExactMoments,
    /// By how much targets are above their predictions, in all.
    under: ExactSum,
    /// By how much they are below.
    over: ExactSum,
    squared_errors: ExactSum,
    /// Errors as shares of the target.
    shares: ExactSum,
    /// For the median, which no sum gives, and the histogram. Target less prediction.
    pub(crate) errors: Distribution,
}

/// The squared error of a prediction as a share of that of the mean, as a score: 1 for none. As in
/// scikit-learn it is, for a target without variance, 1 where every prediction is right and 0
/// otherwise.
pub(crate) fn explained(error: f64, spread: f64) -> f64 {
    if spread == 0.0 {
        return if error == 0.0 { 1.0 } else { 0.0 };
    }
    1.0 - error / spread
}

/// `1 - (1 - r2) (n - 1) / (n - p - 1)` with `p` features (Ezekiel, "Methods of Correlation
/// Analysis", 1930); `None` where there are no more rows than that takes.
pub(crate) fn adjusted(r2: f64, rows: f64, features: u64) -> Option<f64> {
    let left = rows - features as f64 - 1.0;
    (left > 0.0).then(|| 1.0 - (1.0 - r2) * (rows - 1.0) / left)
}

/// The absolute error as a share of the target, which counts as `epsilon` if it is nearer to zero;
/// without that, as 2^-52, and NaN for a target of zero.
pub(crate) fn share_of_target(target: f64, error: f64, epsilon: Option<f64>) -> f64 {
    if target == 0.0 && epsilon.is_none() {
        return f64::NAN;
    }
    error.abs() / target.abs().max(epsilon.unwrap_or(f64::EPSILON))
}

/// What an error, target less prediction, costs a model of a quantile (Koenker and Bassett,
/// "Regression Quantiles", 1978).
pub(crate) fn pinball(under: f64, over: f64, quantile: f64) -> f64 {
    quantile * under + (1.0 - quantile) * over
}

impl Regression {
    /// Nothing learned yet.
    pub(crate) fn new(params: &Params, slices: Slices<NumberTally>) -> Self {
        Self {
            all: NumberTally::default(),
            residuals: Residuals::default(),
            slices,
            kept: params.keeps_rows().then(KeptNumbers::default),
        }
    }

    /// Takes in rows whose first column is the target and whose second one is the
    /// prediction.
    pub(crate) fn update(&mut self, rows: &RecordBatch, params: &Params) -> Result<()> {
        let numbers = NumberRows {
            targets: numbers(rows.column(0))?,
            predictions: numbers(rows.column(1))?,
        };
        self.all.update(&numbers, params);
        for (target, prediction) in numbers.usable() {
            self.residuals.add(prediction, target - prediction);
            if let Some(kept) = &mut self.kept {
                kept.targets.push(target);
                kept.predictions.push(prediction);
            }
        }
        self.slices.update(rows, &numbers, params)
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        self.all.merge(&later.all);
        self.residuals.merge(&later.residuals);
        self.slices.merge(&later.slices);
        if let (Some(kept), Some(later)) = (&mut self.kept, &later.kept) {
            kept.merge(later);
        }
    }
}

impl NumberRows {
    /// Target and prediction where both are finite.
    fn usable(&self) -> impl Iterator<Item = (f64, f64)> {
        let pairs = self.targets.iter().zip(&self.predictions);
        pairs
            .map(|(target, prediction)| (*target, *prediction))
            .filter(|(target, prediction)| target.is_finite() && prediction.is_finite())
    }
}

impl Tally for NumberTally {
    type Rows<'a> = NumberRows;

    fn pick<'a>(rows: &Self::Rows<'a>, picked: &[usize]) -> Self::Rows<'a> {
        let of = |values: &[f64]| picked.iter().map(|row| values[*row]).collect();
        NumberRows {
            targets: of(&rows.targets),
            predictions: of(&rows.predictions),
        }
    }

    fn update(&mut self, rows: &NumberRows, params: &Params) {
        for (target, prediction) in rows.targets.iter().zip(&rows.predictions) {
            if target.is_nan() {
                self.rows.without_target += 1;
                continue;
            }
            self.rows.with_target += 1;
            self.rows.infinite_targets += u64::from(target.is_infinite());
            self.rows.unusable_predictions += u64::from(!prediction.is_finite());
        }
        let mut errors = Vec::with_capacity(rows.targets.len());
        for (target, prediction) in rows.usable() {
            let error = target - prediction;
            self.targets.add(target);
            if error > 0.0 {
                self.under.add(error);
            } else {
                self.over.add(-error);
            }
            self.squared_errors.add_product(error, error);
            let share = share_of_target(target, error, params.mape_epsilon);
            self.shares.add(share);
            errors.push(error);
        }
        self.errors.update(&errors);
    }

    fn merge(&mut self, later: &Self) {
        self.rows.merge(&later.rows);
        self.targets.merge(&later.targets);
        self.under.merge(&later.under);
        self.over.merge(&later.over);
        self.squared_errors.merge(&later.squared_errors);
        self.shares.merge(&later.shares);
        self.errors.merge(&later.errors);
    }

    fn rows(&self) -> &Rows {
        &self.rows
    }

    fn scores(&self, params: &Params, _whole: &Self) -> Result<Scores> {
        let mut scores = Scores::default();
        let count = self.targets.count();
        if count == 0 {
            return Ok(scores);
        }
        let count = count as f64;
        let absolute = self.under.plus(&self.over);
        let r2 = self.r2();
        scores.add("r2", r2);
        let of_features = r2.zip(params.features);
        let of_features = of_features.and_then(|(r2, features)| adjusted(r2, count, features));
        scores.add("r2_adjusted", of_features);
        let mean_square = self.squared_errors.value() / count;
        scores.add("rmse", Some(mean_square.sqrt()));
        scores.add("mae", Some(absolute.value() / count));
        scores.add("median_absolute_error", self.median_absolute_error());
        scores.add("max_error", self.max_error());
        scores.add("mape", Some(self.shares.value() / count));
        scores.add("explained_variance", self.explained_variance());
        let pinball = params.quantile.map(|quantile| {
            let loss = pinball(self.under.value(), self.over.value(), quantile);
            loss / count
        });
        scores.add("mean_pinball_loss", pinball);
        Ok(scores)
    }
}

impl NumberTally {
    /// The share of the target's variance that the predictions explain; as in scikit-learn it does
    /// not exist for fewer than two rows.
    fn r2(&self) -> Option<f64> {
        let spread = self.spread()?;
        Some(explained(self.squared_errors.value(), spread))
    }

    /// The same, were the predictions off by the same amount on average. For one row, scikit-learn
    /// says 1, whatever was predicted; there is no spread to explain, and so none here.
    fn explained_variance(&self) -> Option<f64> {
        let spread = self.spread()?;
        let count = self.targets.count() as f64;
        let errors = self.under.minus(&self.over);
        let squares = self.squared_errors.times(count).minus(&errors.squared());
        Some(explained(squares.value() / count, spread))
    }

    /// The sum of squared deviations of the target.
    fn spread(&self) -> Option<f64> {
        let spread = self.targets.squared_deviations();
        spread.filter(|_| self.targets.count() > 1)
    }

    fn max_error(&self) -> Option<f64> {
        let ends = self.errors.extremes();
        let (low, high) = (ends.minimum()?, ends.maximum()?);
        Some(high.abs().max(low.abs()))
    }

    /// The median of the errors without their signs, each of which stands for one or two values of
    /// the distribution.
    fn median_absolute_error(&self) -> Option<f64> {
        let mut sizes: Vec<(f64, u64)> = self
            .errors
            .iter()
            .map(|(error, count)| (error.abs(), count))
            .collect();
        sizes.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
        let below = self.errors.count().checked_sub(1)? / 2;
        let above = self.errors.count() / 2;
        let mut passed = 0;
        let mut lower = None;
        for (size, count) in sizes {
            passed += count;
            if lower.is_none() && passed > below {
                lower = Some(size);
            }
            if passed > above {
                return lower.map(|lower| lower + (size - lower) / 2.0);
            }
        }
        None
    }
}
