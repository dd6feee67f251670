//! The parameters, as the pipeline's author writes them.

use mlhost_plugin::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// A number.
    Regression,
    /// One of a few classes.
    Classification,
}

/// What to learn, from what, and how.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The column to predict. Rows in which it is null teach nothing and are left
    /// out.
    #[schemars(extend("x-mlhost-role" = "target"))]
    pub target: String,
    /// What is predicted. By default a target of numbers makes a regression, one of
    /// texts or booleans a classification; classes that are numbers need
    /// `task = "classification"`.
    #[serde(default)]
    pub task: Option<Task>,
    /// The columns to predict from: numbers or booleans without nulls. By default
    /// every column but the target.
    #[serde(default)]
    pub features: Option<Vec<String>>,
    /// The strength of the L2 penalty on the coefficients, 0 or more: for a
    /// regression scikit-learn's `Ridge(alpha)`, by default 0, which is ordinary
    /// least squares; for a classification 1 / `C` of its `LogisticRegression`, by
    /// default 1.
    #[serde(default)]
    pub alpha: Option<f64>,
    /// Classification: the most iterations of the solver. It warns when they are not
    /// enough.
    #[serde(default = "max_iterations")]
    pub max_iterations: u64,
    /// Classification: the solver stops when the gradient of the mean loss, in terms
    /// of standardised features, is no longer than this.
    #[serde(default = "tolerance")]
    pub tolerance: f64,
}

impl Params {
    /// Refuses values that make no sense whatever the data.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(alpha) = self.alpha
            && !(alpha.is_finite() && alpha >= 0.0)
        {
            let message = format!("expected a penalty of 0 or more, found {alpha}");
            return Err(Error::params("/alpha", message));
        }
        if !(self.tolerance.is_finite() && self.tolerance > 0.0) {
            let message = format!("expected a tolerance above 0, found {}", self.tolerance);
            return Err(Error::params("/tolerance", message));
        }
        if self.max_iterations == 0 {
            let message = "expected at least one iteration";
            return Err(Error::params("/max_iterations", message));
        }
        Ok(())
    }
}

fn max_iterations() -> u64 {
    1000
}

fn tolerance() -> f64 {
    1e-6
}
