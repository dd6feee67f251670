//! The score of rows that belong together, learned in one pass. Definitions follow scikit-learn's
//! `metrics` module.

use mlhost_statistics::Moments;
use serde::{Deserialize, Serialize};

use crate::params::Score;

/// What is known of the predictions for some rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Scored {
    Numbers {
        target: Moments,
        squared_errors: Moments,
        absolute_errors: Moments,
    },
    Classes {
        rows: u64,
        right: u64,
    },
}

impl Scored {
    /// Nothing yet.
    pub(crate) fn new(score: Score) -> Self {
        match score {
            Score::Accuracy => Self::Classes { rows: 0, right: 0 },
            Score::R2 | Score::Rmse | Score::Mae => Self::Numbers {
                target: Moments::default(),
                squared_errors: Moments::default(),
                absolute_errors: Moments::default(),
            },
        }
    }

    pub(crate) fn numbers(&mut self, targets: &[f64], errors: &[f64]) {
        if let Self::Numbers {
            target,
            squared_errors,
            absolute_errors,
        } = self
        {
            target.update(targets);
            absolute_errors.update(errors);
            let squares: Vec<f64> = errors.iter().map(|error| error * error).collect();
            squared_errors.update(&squares);
        }
    }

    pub(crate) fn classes(&mut self, more: u64, more_right: u64) {
        if let Self::Classes { rows, right } = self {
            *rows += more;
            *right += more_right;
        }
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        match (self, later) {
            (
                Self::Numbers {
                    target,
                    squared_errors,
                    absolute_errors,
                },
                Self::Numbers {
                    target: targets,
                    squared_errors: squares,
                    absolute_errors: absolutes,
                },
            ) => {
                target.merge(targets);
                squared_errors.merge(squares);
                absolute_errors.merge(absolutes);
            }
            (ours, Self::Classes { rows, right }) => ours.classes(*rows, *right),
            (Self::Classes { .. }, Self::Numbers { .. }) => {}
        }
    }

    /// The number of rows.
    pub(crate) fn rows(&self) -> u64 {
        match self {
            Self::Numbers { target, .. } => target.count(),
            Self::Classes { rows, .. } => *rows,
        }
    }

    /// The score; `None` where it does not exist: of no rows, and `r2` of a target that is the same
    /// in all of them.
    pub(crate) fn score(&self, score: Score) -> Option<f64> {
        match self {
            Self::Classes { rows: 0, .. } => None,
            Self::Classes { rows, right } => Some(*right as f64 / *rows as f64),
            Self::Numbers {
                target,
                squared_errors,
                absolute_errors,
            } => match score {
                Score::Mae => absolute_errors.mean(),
                Score::Rmse => squared_errors.mean().map(f64::sqrt),
                Score::R2 | Score::Accuracy => {
                    let variance = target.variance().filter(|variance| *variance > 0.0)?;
                    Some(1.0 - squared_errors.mean()? / variance)
                }
            },
        }
    }
}
