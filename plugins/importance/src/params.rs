//! The parameters, as the pipeline's author writes them.

use mlhost_plugin::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// More permutations than this take longer than what they add is worth.
const MOST_REPEATS: u32 = 1000;

/// What to permute, and what is lost by it.
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
    /// How many times each column is permuted, from 1 to 1000.
    #[serde(default = "repeats")]
    #[schemars(range(min = 1, max = 1000), extend("x-mlhost-role" = "permutations"))]
    pub n_repeats: u32,
    /// The columns to permute: raw columns that the model reads. By default all of them.
    #[serde(default)]
    #[schemars(extend("x-mlhost-role" = "permuted-columns"))]
    pub columns: Option<Vec<String>>,
    /// The score that is lost. By default `r2` for a target of numbers and `accuracy` for one of
    /// texts or booleans.
    #[serde(default)]
    pub score: Option<Score>,
    /// The permutations follow from it. By default that of the pipeline.
    #[serde(default)]
    pub seed: u64,
}

/// What is lost when a column is permuted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Score {
    /// Regression: the share of the target's variance that is explained.
    R2,
    /// Regression: the root of the mean squared error.
    Rmse,
    /// Regression: the mean absolute error.
    Mae,
    /// Classification: the share of rows whose class is right.
    Accuracy,
}

impl Score {
    /// Its name in metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::R2 => "r2",
            Self::Rmse => "rmse",
            Self::Mae => "mae",
            Self::Accuracy => "accuracy",
        }
    }

    /// Whether a larger score is a better one.
    pub(crate) fn is_better_higher(self) -> bool {
        matches!(self, Self::R2 | Self::Accuracy)
    }
}

impl Params {
    /// Refuses values that make no sense whatever the data.
    pub(crate) fn check(&self) -> Result<()> {
        if !(1..=MOST_REPEATS).contains(&self.n_repeats) {
            let found = self.n_repeats;
            let message = format!("expected 1 to {MOST_REPEATS} repeats, found {found}");
            return Err(Error::params("/n_repeats", message));
        }
        if self.columns.as_ref().is_some_and(Vec::is_empty) {
            let message = "name at least one column, or leave `columns` out to permute all";
            return Err(Error::params("/columns", message));
        }
        Ok(())
    }
}

fn prediction() -> String {
    "prediction".to_owned()
}

fn repeats() -> u32 {
    5
}
