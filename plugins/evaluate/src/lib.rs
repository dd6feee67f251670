//! The standard package `mlhost:evaluate`: scores predictions against the truth,
//! for one model or for several side by side.
//!
//! ```toml
//! [steps.evaluate.with]
//! target = "arr_delay"            # the column that holds the truth
//! prediction = "prediction"       # the column that holds the model's answer
//! task = "regression"             # or "classification"; by default from the target's type
//! # classification only:
//! positive = true                 # the class that precision, recall and F1 are about
//! probability_prefix = "probability_"
//! ```
//!
//! A target of numbers is a regression, one of texts or booleans a
//! classification. Rows whose target is null (NaN counts as null) are left out and
//! counted; a prediction that is missing in any other row is an error.
//!
//! | task | metrics |
//! |---|---|
//! | regression | `r2`, `rmse`, `mae`, `median_absolute_error`, `max_error`, `mape`, `explained_variance` |
//! | … with `features`, with `quantile` | `r2_adjusted`, `mean_pinball_loss` |
//! | classification | `accuracy`, `balanced_accuracy`, `matthews_corrcoef`; `precision_macro`, `recall_macro`, `f1_macro`: every class counts the same |
//! | … of two classes, or with `positive` | `precision`, `recall`, `f1` of the positive class |
//! | … with probability columns | `log_loss`, `roc_auc`, `average_precision`, `brier_score`, `expected_calibration_error` |
//! | both | `rows`, `rows_without_target` |
//!
//! Names are those of scikit-learn's scorers and functions; definitions and results are its, up to
//! rounding, but for what the README of this crate tells. A metric that does not exist for the rows at
//! hand, such as `roc_auc` where only one class occurs, is left out. Sums are exact. The median
//! absolute error, `roc_auc` and `average_precision` are exact up to
//! [`mlhost_statistics::EXACT_VALUES`] different values, and rest on values known to
//! [`mlhost_statistics::RELATIVE_ERROR`] of themselves beyond; how far the latter two may be off is told.
//! Every number is the same bits in however many parts the rows came.
//!
//! `by = ["carrier"]` adds the metrics of each slice, labelled with the column. With more than one
//! model, every metric carries the label `model`.
//!
//! With
//!
//! ```toml
//! [steps.evaluate.with.bootstrap]
//! metrics.r2 = { margin = 0.005, confidence = 0.95 }
//! resamples = 1000
//! seed = 42
//! ```
//!
//! a bootstrap over rows tells how sure the scores are, as metrics of the same name with the label
//! `statistic`, which is `lower`, `upper` or `standard_error`; and, of several models, how sure it is
//! that the first is better than each of the others: labels `model`, `than` and `statistic`, which is
//! `difference`, `lower`, `upper`, `probability` or `standard_error`. It is there for every metric but
//! the two that count rows. The state then keeps every row, and a draw takes a pass over them. `tests`
//! asks for paired tests of the models ([`PairedTest`]).
//!
//! May use `mlhost-statistics`, a generator of random numbers and the small Arrow crates only.
//!
//! ```
//! use std::sync::Arc;
//! use mlhost_evaluate::{Evaluate, Evaluation, Params};
//! use mlhost_plugin::{Evaluator, RecordBatch, testing};
//! use arrow_array::Float64Array;
//!
//! let rows = RecordBatch::try_from_iter([
//!     ("delay", Arc::new(Float64Array::from(vec![Some(1.0), Some(4.0), None])) as _),
//!     ("prediction", Arc::new(Float64Array::from(vec![2.0, 4.0, 5.0])) as _),
//! ])?;
//! let params = || serde_json::from_str::<Params>(r#"{ "target": "delay" }"#);
//! let state = testing::fold::<Evaluation>(params()?, &[rows])?;
//! let outcome = Evaluate::assess(params()?, vec![("model".to_owned(), state)])?;
//! assert_eq!(outcome.metrics[2].name, "mae");
//! assert_eq!(outcome.metrics[2].value, 0.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assess;
mod bootstrap;
mod calibration;
mod class_scores;
mod classification;
mod figures;
mod fold;
mod kept;
mod paired;
mod paired_tests;
mod params;
mod ranking;
mod regression;
mod resampled;
mod residuals;
mod rows;
mod scores;
mod significance;
mod sliced;
mod slices;
mod values;

use mlhost_plugin::{Evaluator, Outcome, Plugin, Result, export};

pub use bootstrap::{Bootstrap, Demand};
pub use fold::{Evaluation, Observed};
pub use paired_tests::PairedTest;
pub use params::{Class, Params, Slicing, Task};

/// Scores predictions, and compares models.
#[derive(Clone, Copy, Debug)]
pub struct Evaluate;

impl Plugin for Evaluate {
    const NAME: &str = "evaluate";
    const SUMMARY: &str = "Scores a model's predictions against the truth, and several models \
        side by side: r2, rmse, mae and more for a regression; accuracy, precision, recall, f1, \
        log loss, ROC AUC, Brier score, calibration and the confusion matrix for a \
        classification; by slices of the rows, with intervals and paired tests. Definitions are \
        scikit-learn's.";
    type Params = Params;
}

impl Evaluator for Evaluate {
    type Fold = Evaluation;

    fn assess(params: Params, models: Vec<(String, Observed)>) -> Result<Outcome> {
        assess::assess(&params, &models)
    }
}

export!(Evaluate as evaluator);
