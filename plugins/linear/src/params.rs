//! The parameters, as the pipeline's author writes them.

use mlhost_plugin::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The strength of a penalty that is given without one, as in scikit-learn.
pub(crate) const DEFAULT_ALPHA: f64 = 1.0;

/// As in scikit-learn.
const DEFAULT_L1_RATIO: f64 = 0.5;

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// A number.
    Regression,
    /// One of a few classes.
    Classification,
}

/// What is penalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Penalty {
    /// The squares of the coefficients: ridge.
    L2,
    /// Their absolute values, which makes those of little use zero: lasso.
    L1,
    /// Both: elastic net.
    ElasticNet,
}

/// The strengths of the penalties of a regression on its coefficients `w`, beside
/// half the mean of the squared residuals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strengths {
    /// Times `Σ|w|`.
    pub(crate) absolute: f64,
    /// Times half of `Σ w²`.
    pub(crate) squared: f64,
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
    /// What is penalised, in scikit-learn's words: `l2` for squares (ridge), `l1` for
    /// absolute values (lasso), `elasticnet` for both. `l1` and `elasticnet` are for
    /// regressions. By default `l2`.
    #[serde(default)]
    pub penalty: Option<Penalty>,
    /// The strength of the penalty on the coefficients, 0 or more: for a regression
    /// that of scikit-learn's `Ridge(alpha)`, `Lasso(alpha)` or `ElasticNet(alpha)`,
    /// by default 1 where `penalty` is given and otherwise 0, which is ordinary least
    /// squares; for a classification 1 / `C` of its `LogisticRegression`, by default 1.
    #[serde(default)]
    pub alpha: Option<f64>,
    /// `elasticnet`: the share of the penalty that is on absolute values, from 0,
    /// which is ridge, to 1, which is lasso; by default 0.5.
    #[serde(default)]
    pub l1_ratio: Option<f64>,
    /// Classification, `l1` and `elasticnet`: the most iterations of the solver. It
    /// warns when they are not enough.
    #[serde(default = "max_iterations")]
    pub max_iterations: u64,
    /// When the solver stops. Classification: when the gradient of the mean loss, in
    /// terms of standardised features, is no longer than this. `l1` and `elasticnet`:
    /// when no coefficient changes by more than this share of the largest, and the
    /// loss is certain to be within this share of what the features explain.
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
        self.check_l1_ratio()?;
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

    fn check_l1_ratio(&self) -> Result<()> {
        let Some(share) = self.l1_ratio else {
            return Ok(());
        };
        let message = if self.penalty != Some(Penalty::ElasticNet) {
            "only `penalty = \"elasticnet\"` has an l1_ratio".to_owned()
        } else if (0.0..=1.0).contains(&share) {
            return Ok(());
        } else {
            format!("expected a share from 0 to 1, found {share}")
        };
        Err(Error::params("/l1_ratio", message))
    }

    /// Refuses a penalty that there is no solver for.
    pub(crate) fn check_penalty(&self, task: Task) -> Result<()> {
        match (task, self.penalty) {
            (Task::Classification, Some(Penalty::L1 | Penalty::ElasticNet)) => Err(Error::params(
                "/penalty",
                "a classification knows the penalty `l2` only",
            )),
            _ => Ok(()),
        }
    }

    /// The strengths of the penalties of a regression over so many rows. Ridge has the
    /// sum of the squared residuals where lasso and elastic net have half their mean.
    pub(crate) fn strengths(&self, rows: f64) -> Strengths {
        let alpha = self.alpha.unwrap_or(match self.penalty {
            None => 0.0,
            Some(_) => DEFAULT_ALPHA,
        });
        let share = match self.penalty {
            None | Some(Penalty::L2) => {
                let squared = alpha / rows;
                return Strengths {
                    absolute: 0.0,
                    squared,
                };
            }
            Some(Penalty::L1) => 1.0,
            Some(Penalty::ElasticNet) => self.l1_ratio.unwrap_or(DEFAULT_L1_RATIO),
        };
        Strengths {
            absolute: alpha * share,
            squared: alpha * (1.0 - share),
        }
    }
}

fn max_iterations() -> u64 {
    1000
}

fn tolerance() -> f64 {
    1e-6
}
