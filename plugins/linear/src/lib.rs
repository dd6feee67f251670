//! The standard package `mlhost:linear`: linear regression, ridge, lasso, elastic net
//! and logistic regression, for tables of any length.
//!
//! ```toml
//! [steps.train.with]
//! target = "arr_delay"            # a number makes a regression, a text or boolean a classification
//! task = "regression"             # or "classification"; by default from the target's type
//! features = ["temp", "dewp"]     # by default every other column
//! penalty = "l2"                  # on squares; regression: "l1" on absolute values, "elasticnet" on both
//! alpha = 1.0                     # strength of the penalty on the coefficients
//! l1_ratio = 0.5                  # elasticnet: the share that is on absolute values
//! # classification, l1 and elasticnet:
//! max_iterations = 1000
//! tolerance = 1e-6
//! ```
//!
//! | task | `penalty` | minimises over coefficients `w` and intercept `b`, `n` rows | scikit-learn |
//! |---|---|---|---|
//! | regression | none, the default | `Σ (y - xw - b)²` | `LinearRegression()` |
//! | regression | `l2`, or `alpha` alone | `Σ (y - xw - b)² + alpha wᵀw` | `Ridge(alpha)` |
//! | regression | `l1` | `Σ (y - xw - b)² / 2n + alpha Σ abs(w)` | `Lasso(alpha)` |
//! | regression | `elasticnet` | `Σ (y - xw - b)² / 2n + alpha (l1_ratio Σ abs(w) + (1 - l1_ratio)/2 wᵀw)` | `ElasticNet(alpha, l1_ratio)` |
//! | classification | `l2`, the default | `Σ -ln p(y) + alpha/2 wᵀw` | `LogisticRegression(C=1/alpha)` |
//!
//! `alpha` is 1 where it is not given, and 0 for a regression that names no `penalty`.
//! Two classes have one vector of coefficients, more have one each (multinomial).
//! Rows whose target is null are left out; a feature that is null, NaN or infinite
//! is an error that names its column: impute first. Features need no scaling for
//! the solvers' sake, they work on standardised copies of a batch at a time; a
//! penalty, however, treats features alike only if their scales are.
//!
//! Of features that depend on each other, such as the columns of a full one-hot
//! encoding, any split of the weight predicts the same; without a penalty the
//! smallest coefficients of the standardised features are taken.
//!
//! Predictions are a column `prediction`: a float64, or the class as a text, and
//! then with a column `probability_<class>` for each class.
//!
//! Every pass reads the rows anew and keeps sums only, so that memory grows with the
//! square of the number of features and not with the rows: least squares and ridge
//! take three passes, lasso and elastic net two, a classification one and about one
//! per iteration.
//!
//! Regressions are linfa's: linfa-linear for least squares and ridge, linfa-elasticnet
//! for lasso and elastic net. Both want the table in memory, and get one with at most
//! as many rows as features that has the same solution (`reduced.rs`). Its rows do not
//! depend on each other, either: of a whole table whose features do, linfa-linear 0.8
//! makes coefficients of 1e12, by dividing by rounding.
//!
//! linfa-logistic is not used. The loss of a classification is no function of sums, so
//! that no small table stands for the whole one, and version 0.8 takes one maximum for
//! the logits of all rows, so that with three classes or more a single outlier spoils
//! the loss of every other row. L-BFGS is argmin's, as in linfa-logistic.
//!
//! May use `mlhost-statistics`, linfa, ndarray and the small Arrow crates.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::Float64Array;
//! use mlhost_linear::{Params, Predictor, Training};
//! use mlhost_plugin::{RecordBatch, testing};
//!
//! let rows = RecordBatch::try_from_iter([
//!     ("distance", Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0])) as _),
//!     ("minutes", Arc::new(Float64Array::from(vec![3.0, 5.0, 7.0])) as _),
//! ])?;
//! let params: Params = serde_json::from_str(r#"{ "target": "minutes" }"#)?;
//! let model = testing::fit::<Training>(params, &[rows])?;
//! let Predictor::Regression(linear) = model.predictor else { unreachable!() };
//! assert!((linear.coefficients[0] - 2.0).abs() < 1e-12);
//! assert!((linear.intercept - 1.0).abs() < 1e-12);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod classes;
mod elastic_net;
mod explain;
mod fit;
mod logistic;
mod model;
mod objective;
mod params;
mod passes;
mod predict;
mod reduced;
mod regression;
mod scaling;

use mlhost_plugin::{ExplainedTrainer, Outcome, Plugin, Result, Trainer, export};

pub use fit::Training;
pub use model::{Linear, Model, Predictor};
pub use params::{Params, Penalty, Task};
pub use predict::Prediction;

/// Linear models.
#[derive(Clone, Copy, Debug)]
pub struct LinearModels;

impl Plugin for LinearModels {
    const NAME: &str = "linear";
    const SUMMARY: &str = "Trains linear models: ordinary least squares, ridge, lasso and elastic \
        net for numbers, logistic regression of two or more classes for texts and booleans. Reads \
        tables of any length in passes; solutions are those of scikit-learn.";
    type Params = Params;
}

impl Trainer for LinearModels {
    type Fit = Training;
    type Transform = Prediction;
}

impl ExplainedTrainer for LinearModels {
    fn explain(_params: Params, model: Model) -> Result<Outcome> {
        if !model.is_complete() {
            return Err(mlhost_plugin::Error::failed(
                "the state is not a complete model",
            ));
        }
        Ok(explain::explain(&model))
    }
}

export!(LinearModels as explained_trainer);
