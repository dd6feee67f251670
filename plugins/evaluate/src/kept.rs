//! What is kept of each row, in the order of the rows, where differences between models are to be
//! resampled: then, and only then, a state grows with the rows. A row of a regression takes 16
//! bytes; one of a classification takes some 10, and 8 more for each class that rows are ranked
//! by.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Params;
use crate::class_scores::{Average, OfClass, balanced_accuracy, macro_average, matthews};
use crate::ranking::Ranking;
use crate::regression::{pinball, share_of_target};
use crate::resampled::{
    CalibrationError, Explained, FromClasses, Mean, Median, Most, OfClasses, Ranked, Resampled,
};

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
    /// The squared error of the probabilities, NaN where a number is none; empty without any.
    pub(crate) squares: Vec<f64>,
    /// The probability of each class that rows are ranked by.
    pub(crate) scores: BTreeMap<String, Vec<f64>>,
}

impl KeptNumbers {
    /// The metrics that can be resampled.
    pub(crate) const METRICS: [&str; 9] = [
        "r2",
        "rmse",
        "mae",
        "median_absolute_error",
        "max_error",
        "mape",
        "explained_variance",
        "r2_adjusted",
        "mean_pinball_loss",
    ];

    pub(crate) fn merge(&mut self, later: &Self) {
        self.targets.extend(&later.targets);
        self.predictions.extend(&later.predictions);
    }

    /// One of [`Self::METRICS`], ready to be computed again and again; nothing where a parameter is
    /// missing.
    pub(crate) fn resampled(&self, metric: &str, params: &Params) -> Option<Box<dyn Resampled>> {
        let errors = || {
            let pairs = self.targets.iter().zip(&self.predictions);
            pairs.map(|(target, prediction)| target - prediction)
        };
        let sizes = || errors().map(f64::abs);
        let explained = || Explained::new(&self.targets, errors().collect());
        Some(match metric {
            "r2" => Box::new(explained()),
            "r2_adjusted" => Box::new(explained().of_features(params.features?)),
            "explained_variance" => Box::new(explained().of_deviations()),
            "rmse" => Box::new(Mean::root_of(self.squared_errors())),
            "mae" => Box::new(Mean::of(sizes().collect())),
            "median_absolute_error" => Box::new(Median::of(sizes().collect())),
            "max_error" => Box::new(Most::of(sizes().collect())),
            "mape" => {
                let rows = self.targets.iter().zip(errors());
                let epsilon = params.mape_epsilon;
                let share = |(target, error): (&f64, f64)| share_of_target(*target, error, epsilon);
                Box::new(Mean::of(rows.map(share).collect()))
            }
            "mean_pinball_loss" => {
                let quantile = params.quantile?;
                let loss = |error: f64| pinball(error.max(0.0), (-error).max(0.0), quantile);
                Box::new(Mean::of(errors().map(loss).collect()))
            }
            _ => return None,
        })
    }

    pub(crate) fn squared_errors(&self) -> Vec<f64> {
        let pairs = self.targets.iter().zip(&self.predictions);
        let squares = pairs.map(|(target, prediction)| (target - prediction).powi(2));
        squares.collect()
    }
}

impl KeptClasses {
    /// The metrics that can be resampled; the last five where there are probabilities.
    pub(crate) const METRICS: [&str; 14] = [
        "accuracy",
        "precision",
        "recall",
        "f1",
        "precision_macro",
        "recall_macro",
        "f1_macro",
        "balanced_accuracy",
        "matthews_corrcoef",
        "log_loss",
        "roc_auc",
        "average_precision",
        "brier_score",
        "expected_calibration_error",
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
        self.squares.extend(&later.squares);
        for (class, scores) in &later.scores {
            self.scores.entry(class.clone()).or_default().extend(scores);
        }
    }

    /// One of [`Self::METRICS`], ready to be computed again and again.
    pub(crate) fn resampled(
        &self,
        metric: &str,
        averages: &[Average],
        params: &Params,
    ) -> Option<Box<dyn Resampled>> {
        let mut averages = averages.iter();
        let average = averages.find_map(|average| Some((average, average.score(metric)?)));
        if let Some((average, score)) = average {
            return Some(Box::new(self.of_classes(|classes| match average {
                Average::Binary(positive) => {
                    let positive = position(classes, positive) as usize;
                    Box::new(move |classes: &[OfClass]| Some(score(&classes[positive])))
                }
                Average::Macro => Box::new(move |classes: &[OfClass]| {
                    let occur = classes.iter().filter(|class| class.occurs());
                    macro_average(&occur.copied().collect::<Vec<_>>(), score)
                }),
            })));
        }
        let ranked = |measure: fn(&Ranking) -> Option<f64>| -> Option<Box<dyn Resampled>> {
            let of_class = |class: &String, scores: &[f64]| {
                Ranked::new(scores, &self.is_of_class(class), measure)
            };
            let classes = self.scores.iter();
            let classes = classes.map(|(class, scores)| of_class(class, scores));
            let classes: Vec<Ranked> = classes.collect();
            (!classes.is_empty()).then(|| Box::new(classes) as _)
        };
        Some(match metric {
            "accuracy" => {
                let right = self
                    .is_right()
                    .map(|is_right| f64::from(u8::from(is_right)));
                Box::new(Mean::of(right.collect()))
            }
            "balanced_accuracy" => Box::new(self.of_classes(|_| Box::new(balanced_accuracy))),
            "matthews_corrcoef" => Box::new(
                self.of_classes(|_| Box::new(|classes: &[OfClass]| Some(matthews(classes)))),
            ),
            "log_loss" if !self.losses.is_empty() => Box::new(Mean::of(self.losses.clone())),
            "brier_score" if !self.squares.is_empty() => Box::new(Mean::of(self.squares.clone())),
            "roc_auc" => return ranked(Ranking::area),
            "average_precision" => return ranked(Ranking::average_precision),
            "expected_calibration_error" if !self.scores.is_empty() => {
                let classes = self.scores.iter().map(|(class, scores)| {
                    let bins = params.calibration_bins as usize;
                    CalibrationError::new(scores, &self.is_of_class(class), bins)
                });
                Box::new(classes.collect::<Vec<_>>())
            }
            _ => return None,
        })
    }

    /// Whether the class of each row was found.
    pub(crate) fn is_right(&self) -> impl Iterator<Item = bool> {
        let rows = self.targets.iter().zip(&self.predictions);
        rows.map(|(target, prediction)| {
            self.classes[*target as usize] == self.predicted[*prediction as usize]
        })
    }

    fn is_of_class(&self, class: &str) -> Vec<bool> {
        let targets = self.targets.iter();
        let is_of_class = targets.map(|target| self.classes[*target as usize] == class);
        is_of_class.collect()
    }

    /// A score that follows from how often each class was taken for which.
    fn of_classes(&self, score: impl FnOnce(&mut Vec<String>) -> FromClasses) -> OfClasses {
        // One list of classes for targets and predictions.
        let mut classes = self.classes.clone();
        let predicted = self.predicted.iter();
        let predicted: Vec<u32> = predicted.map(|name| position(&mut classes, name)).collect();
        let predictions = self.predictions.iter();
        let predictions = predictions.map(|row| predicted[*row as usize]).collect();
        let score = score(&mut classes);
        OfClasses {
            targets: self.targets.clone(),
            predictions,
            classes: classes.len(),
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
