//! The standard package `mlhost:drift`: has the input moved away from what a model
//! was trained on?
//!
//! ```toml
//! [steps.drift.with]
//! columns = ["temp", "carrier"]              # by default all that can be compared
//! method = "psi"                             # by default by type and size, as Evidently
//! threshold = 0.2                            # of that method: by default 0.1, of tests 0.05
//! bins = 10                                  # for columns of numbers
//! column.temp = { method = "ks" }            # what is different for one column
//! weights = { temp = 0.7, carrier = 0.3 }    # by default every column counts the same
//! drift_share = 0.5                          # as many columns are drift of the dataset
//! max_share_drifted = 0.8                    # more columns than this fail the step
//! target = "arr_delay"                       # told apart from the inputs; so are predictions
//! prediction = "prediction"                  # the host names them, if it knows the model
//! domain_classifier = { rows = 2000 }        # can the sides be told by all columns together?
//! max_categories = 10000                     # columns of more texts are not compared
//! ```
//!
//! Formulae, thresholds and their sources are in the README beside this crate; each finding holds how
//! its value was made in its `details`. Nulls, and NaN with them, are left out of every statistic;
//! their share on either side is a metric of its own.
//!
//! By default all columns of numbers, texts and booleans are compared, and dates
//! and timestamps are not: they move with time by nature, and have to be named.
//!
//! A column that has drifted, is gone or has changed its type is a warning; only a
//! share of such columns above `max_share_drifted` fails the step.
//!
//! May use `mlhost-statistics` and the small Arrow crates only.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::StringArray;
//! use mlhost_drift::{Drift, Params, Profiler};
//! use mlhost_plugin::{DriftDetector, RecordBatch, Result, Verdict, testing};
//!
//! let params = || serde_json::from_str::<Params>(r#"{ "method": "psi" }"#);
//! let profile = |carriers: Vec<&str>| -> Result<_, Box<dyn std::error::Error>> {
//!     let carriers = Arc::new(StringArray::from(carriers)) as _;
//!     let rows = RecordBatch::try_from_iter([("carrier", carriers)])?;
//!     Ok(testing::fold::<Profiler>(params()?, &[rows])?)
//! };
//! let (reference, current) = (profile(vec!["AA", "UA"])?, profile(vec!["UA", "UA"])?);
//! let outcome = Drift::assess(params()?, reference, current)?;
//! assert_eq!(outcome.verdict, Verdict::Warned);
//! assert_eq!(outcome.summary, "1 of 1 columns has drifted: carrier");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assess;
mod binned;
mod boosting;
mod compare;
mod dataset;
mod domain;
mod figures;
mod judge;
mod method;
mod params;
mod profile;
mod refuse;
mod roles;
mod sample;
mod shifts;

use mlhost_plugin::{DriftDetector, Outcome, Plugin, Result, export};

pub use method::Method;
pub use params::{Base, Binning, ColumnParams, DomainClassifier, Params, Predictions};
pub use profile::{Profile, Profiler};

/// Compares what a model sees with what it was trained on.
#[derive(Clone, Copy, Debug)]
pub struct Drift;

impl Plugin for Drift {
    const NAME: &str = "drift";
    const SUMMARY: &str = "Tells whether the columns of current data have moved away from a \
        reference, such as the training data: population stability index, Kolmogorov–Smirnov, \
        Wasserstein, Jensen–Shannon, Hellinger, chi-squared and more, missing values and new \
        categories, and a classifier of all columns together.";
    type Params = Params;
}

impl DriftDetector for Drift {
    type Fold = Profiler;

    fn assess(params: Params, reference: Profile, current: Profile) -> Result<Outcome> {
        assess::assess(&params, &reference, &current)
    }
}

export!(Drift as drift_detector);
