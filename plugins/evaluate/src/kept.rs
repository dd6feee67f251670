//! What is kept of each row, in the order of the rows, where differences between models are to be
//! resampled: then, and only then, a state grows with the rows. A row of a regression takes 16
//! bytes; one of a classification takes some 10, and 8 more for each class that rows are ranked
//! by.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::class_scores::{Average, OfClassScore};
use crate::resampled::{Area, ClassAverage, Mean, Median, RSquared, Resampled};

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
    /// The classes that occur as a prediction: apart, so that the targets of two models that were
    /// scored on the same rows are the same.
    pub(crate) predicted: Vec<String>,
    /// The prediction of each row, as a position in `predicted`.
    pub(crate) predictions: Vec<u32>,
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
    pub(crate) const METRICS: [&str; 9] = [
        "accuracy",
        "precision",
        "recall",
        "f1",
        "precision_macro",
        "recall_macro",
        "f1_macro",
        "log_loss",
        "roc_auc",
    ];

    /// Takes in a row.
    pub(crate) fn push(&mut self, target: &str, prediction: &str) {
        self.targets.push(position(&mut self.classes, target));
        self.predictions
            .push(position(&mut self.predicted, prediction));
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        let renumber = |ours: &mut Vec<String>, theirs: &[String], rows: &[u32]| {
            let numbers = theirs.iter().map(|name| position(ours, name));
            let numbers: Vec<u32> = numbers.collect();
            let rows = rows.iter().map(|row| numbers[*row as usize]);
            rows.collect::<Vec<u32>>()
        };
        let targets = renumber(&mut self.classes, &later.classes, &later.targets);
        self.targets.extend(targets);
        let predictions = renumber(&mut self.predicted, &later.predicted, &later.predictions);
        self.predictions.extend(predictions);
        self.losses.extend(&later.losses);
        for (class, scores) in &later.scores {
            self.scores.entry(class.clone()).or_default().extend(scores);
        }
    }

    /// One of [`Self::METRICS`], ready to be computed again and again.
    pub(crate) fn resampled(
        &self,
        metric: &str,
        averages: &[Average],
    ) -> Option<Box<dyn Resampled>> {
        let mut averages = averages.iter();
        let average = averages.find_map(|average| Some((average, average.score(metric)?)));
        if let Some((average, score)) = average {
            return Some(Box::new(self.average(average, score)));
        }
        Some(match metric {
            "accuracy" => {
                let (classes, predicted) = (&self.classes, &self.predicted);
                let rows = self.targets.iter().zip(&self.predictions);
                let right = rows.map(|(target, prediction)| {
                    let is_right = classes[*target as usize] == predicted[*prediction as usize];
                    f64::from(u8::from(is_right))
                });
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

    fn average(&self, average: &Average, score: OfClassScore) -> ClassAverage {
        // One list of classes for targets and predictions.
        let mut classes = self.classes.clone();
        let predicted = self.predicted.iter();
        let predicted: Vec<u32> = predicted.map(|name| position(&mut classes, name)).collect();
        let predictions = self.predictions.iter();
        let only = match average {
            Average::Binary(class) => Some(position(&mut classes, class) as usize),
            Average::Macro => None,
        };
        ClassAverage {
            targets: self.targets.clone(),
            predictions: predictions.map(|row| predicted[*row as usize]).collect(),
            classes: classes.len(),
            only,
            score,
        }
    }
}

/// The position of a class in a list, to which it is added if it is new.
fn position(classes: &mut Vec<String>, name: &str) -> u32 {
    let known = classes.iter().position(|class| class == name);
    let position = known.unwrap_or_else(|| {
        classes.push(name.to_owned());
        classes.len() - 1
    });
    position as u32
}
