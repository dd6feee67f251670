//! What is kept of each row, in the order of the rows, where differences between models are to be
//! resampled: then, and only then, a state grows with the rows. A row of a regression takes 16
//! bytes; one of a classification takes some 10, and 8 more for each class that rows are ranked
//! by.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::resampled::{Area, Mean, Median, RSquared, Resampled};

/// Targets and predictions of a regression.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct KeptNumbers {
    pub(crate) targets: Vec<f64>,
    pub(crate) predictions: Vec<f64>,
}

/// What the scores of a classification follow from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct KeptClasses {
    /// The classes that occur as a target.
    pub(crate) classes: Vec<String>,
    /// The target of each row, as a position in `classes`.
    pub(crate) targets: Vec<u32>,
    /// Whether the predicted class is the target.
    pub(crate) right: Vec<bool>,
    /// The negative logarithm of the probability of the target; empty without probabilities.
    pub(crate) losses: Vec<f64>,
    /// The probability of each class that rows are ranked by.
    pub(crate) scores: BTreeMap<String, Vec<f64>>,
}

impl KeptNumbers {
    /// The metrics that can be resampled.
    pub(crate) const METRICS: [&str; 4] = ["r2", "rmse", "mae", "median_absolute_error"];

    pub(crate) fn merge(&mut self, later: &Self) {
        self.targets.extend(&later.targets);
        self.predictions.extend(&later.predictions);
    }

    /// One of [`Self::METRICS`], ready to be computed again and again.
    pub(crate) fn resampled(&self, metric: &str) -> Option<Box<dyn Resampled>> {
        let pairs = self.targets.iter().zip(&self.predictions);
        let errors = pairs.map(|(target, prediction)| (target - prediction).abs());
        let squares = |error: f64| error * error;
        Some(match metric {
            "r2" => Box::new(RSquared::new(&self.targets, errors.map(squares).collect())),
            "rmse" => Box::new(Mean::root_of(errors.map(squares).collect())),
            "mae" => Box::new(Mean::of(errors.collect())),
            "median_absolute_error" => Box::new(Median::of(errors.collect())),
            _ => return None,
        })
    }
}

impl KeptClasses {
    /// The metrics that can be resampled; the last two where there are probabilities.
    pub(crate) const METRICS: [&str; 3] = ["accuracy", "log_loss", "roc_auc"];

    /// The position of a class that occurs as a target.
    pub(crate) fn class(&mut self, name: &str) -> u32 {
        let known = self.classes.iter().position(|class| class == name);
        let position = known.unwrap_or_else(|| {
            self.classes.push(name.to_owned());
            self.classes.len() - 1
        });
        position as u32
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        let classes: Vec<u32> = later.classes.iter().map(|name| self.class(name)).collect();
        let targets = later.targets.iter();
        self.targets
            .extend(targets.map(|target| classes[*target as usize]));
        self.right.extend(&later.right);
        self.losses.extend(&later.losses);
        for (class, scores) in &later.scores {
            self.scores.entry(class.clone()).or_default().extend(scores);
        }
    }

    /// One of [`Self::METRICS`], ready to be computed again and again.
    pub(crate) fn resampled(&self, metric: &str) -> Option<Box<dyn Resampled>> {
        Some(match metric {
            "accuracy" => {
                let right = self.right.iter().map(|right| f64::from(u8::from(*right)));
                Box::new(Mean::of(right.collect()))
            }
            "log_loss" if !self.losses.is_empty() => Box::new(Mean::of(self.losses.clone())),
            "roc_auc" if !self.scores.is_empty() => {
                let classes = self.scores.iter().map(|(class, scores)| {
                    let is_of_class = |target: &u32| self.classes[*target as usize] == *class;
                    let of_class = self.targets.iter().map(is_of_class);
                    Area::new(scores, &of_class.collect::<Vec<_>>())
                });
                Box::new(classes.collect::<Vec<_>>())
            }
            _ => return None,
        })
    }
}
