//! The parameters, as the pipeline's author writes them.

use std::fmt;

use mlhost_plugin::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bootstrap::Bootstrap;
use crate::paired_tests::PairedTest;

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// A number.
    Regression,
    /// One of a few classes.
    Classification,
}

/// A class, written as a text, a boolean or a number.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Class {
    /// `"late"`
    Text(String),
    /// `true`
    Boolean(bool),
    /// `1`
    Integer(i64),
    /// `0.5`
    Number(f64),
}

/// As the class reads in a column of texts: `late`, `true`, `1`, `0.5`.
impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
        }
    }
}

/// Columns whose values part the rows into slices.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Slicing {
    /// `"carrier"`: a slice for each value.
    Column(String),
    /// `["carrier", "origin"]`: a slice for each combination of values.
    Columns(Vec<String>),
}

impl Slicing {
    /// The columns.
    pub(crate) fn columns(&self) -> &[String] {
        match self {
            Self::Column(column) => std::slice::from_ref(column),
            Self::Columns(columns) => columns,
        }
    }
}

/// What to score, and how.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The column that holds the truth. Rows in which it is null are left out.
    #[schemars(extend("x-mlhost-role" = "target"))]
    pub target: String,
    /// The column that holds what the model predicted.
    #[serde(default = "prediction")]
    #[schemars(extend("x-mlhost-role" = "prediction"))]
    pub prediction: String,
    /// What is predicted. By default a target of numbers makes a regression, one of
    /// texts or booleans a classification; classes that are numbers need
    /// `task = "classification"`.
    #[serde(default)]
    pub task: Option<Task>,
    /// Classification: the class that `precision`, `recall` and `f1` are about, and
    /// whose probability ranks the rows for `roc_auc` of two classes. By default the last of two classes in the order of
    /// their texts, such as `true`, `1` or `yes`.
    #[serde(default)]
    pub positive: Option<Class>,
    /// Classification: what the names of the columns that hold a class's
    /// probability begin with; the class follows. Without such columns there is no
    /// `log_loss` and no `roc_auc`.
    #[serde(default = "probability_prefix")]
    #[schemars(extend("x-mlhost-role" = "probability-prefix"))]
    pub probability_prefix: String,
    /// Classification: into how many bins of equal width the probabilities from 0 to 1 are put for
    /// the calibration curve.
    #[serde(default = "calibration_bins")]
    #[schemars(range(min = 1, max = 100))]
    pub calibration_bins: u32,
    /// Regression: the share of the truth that the model means to predict from above, 0.9 for the
    /// ninth decile. Adds `mean_pinball_loss`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1))]
    pub quantile: Option<f64>,
    /// Regression: how many features the model has learned from. Adds `r2_adjusted`.
    #[serde(default)]
    pub features: Option<u64>,
    /// Regression: what a target nearer to zero counts as in `mape`. Without it, a target nearer
    /// than 2.220446049250313e-16 counts as that, and there is no `mape` where one is zero.
    #[serde(default)]
    pub mape_epsilon: Option<f64>,
    /// Scores for slices of the rows: a column, whose values are the slices, or a list of columns,
    /// whose combinations of values are.
    #[serde(default)]
    pub by: Vec<Slicing>,
    /// How many slices each entry of `by` may make. Of one that makes more, no slice is scored, and
    /// a warning says so.
    #[serde(default = "max_slices")]
    #[schemars(range(min = 1, max = 1000))]
    pub max_slices: u32,
    /// Slices of fewer rows are marked, and do not count as the worst.
    #[serde(default = "min_slice_rows")]
    pub min_slice_rows: u64,
    /// How sure the scores of each model are, and, of several models, that the first differs from
    /// each of the others: by a bootstrap over rows. The state then keeps every row: 16 bytes for
    /// one of a regression, some 10 for one of a classification and 8 more for each class that rows
    /// are ranked by. The host sets it where a gate has a `confidence`.
    #[serde(default)]
    pub bootstrap: Option<Bootstrap>,
    /// With several models: paired tests of the first against each of the others. The state then
    /// keeps every row, as for `bootstrap`.
    #[serde(default)]
    pub tests: Vec<PairedTest>,
}

impl Params {
    /// Whether every row must be kept.
    pub(crate) fn keeps_rows(&self) -> bool {
        self.bootstrap.is_some() || !self.tests.is_empty()
    }

    /// Refuses numbers that make no sense.
    pub(crate) fn check_numbers(&self) -> Result<()> {
        let refuse = |at: &str, message: &str| Err(Error::params(at, message));
        if self
            .quantile
            .is_some_and(|quantile| !(quantile > 0.0 && quantile < 1.0))
        {
            return refuse("/quantile", "a quantile lies between 0 and 1");
        }
        if self
            .mape_epsilon
            .is_some_and(|epsilon| !(epsilon.is_finite() && epsilon > 0.0))
        {
            return refuse("/mape_epsilon", "it is a number above 0");
        }
        if self.features == Some(0) {
            return refuse("/features", "a model has at least 1 feature");
        }
        if !(1..=100).contains(&self.calibration_bins) {
            return refuse("/calibration_bins", "it is a number from 1 to 100");
        }
        if !(1..=1000).contains(&self.max_slices) {
            return refuse("/max_slices", "it is a number from 1 to 1000");
        }
        Ok(())
    }
}

fn prediction() -> String {
    "prediction".to_owned()
}

fn probability_prefix() -> String {
    "probability_".to_owned()
}

fn calibration_bins() -> u32 {
    10
}

fn max_slices() -> u32 {
    50
}

fn min_slice_rows() -> u64 {
    30
}
