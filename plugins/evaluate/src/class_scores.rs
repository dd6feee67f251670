//! Scores of predicted classes, from the confusion matrix and the ranking.
//!
//! Definitions follow scikit-learn's `metrics` module: what would divide by zero
//! is zero.

use std::collections::BTreeSet;

use mlhost_plugin::{Error, Result};

use crate::Params;
use crate::classification::ClassTally;
use crate::ranking::Ranking;
use crate::scores::Scores;

/// What the scores of one class follow from, in rows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OfClass {
    /// Those of the class that were taken for it.
    pub(crate) right: u64,
    /// Those that were taken for it.
    pub(crate) predicted: u64,
    /// Those of the class.
    pub(crate) support: u64,
}

/// A score of one class.
pub(crate) type OfClassScore = fn(&OfClass) -> f64;

/// Which classes precision, recall and F1 are about. The names are those of scikit-learn's scorers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Average {
    /// `precision`, `recall`, `f1`: of the positive class.
    Binary(String),
    /// `precision_macro`, `recall_macro`, `f1_macro`: the mean over all classes, each of which
    /// counts the same.
    Macro,
}

impl OfClass {
    /// Whether a row is of the class or was taken for it.
    pub(crate) fn occurs(&self) -> bool {
        self.support + self.predicted > 0
    }

    pub(crate) fn precision(&self) -> f64 {
        share(self.right, self.predicted)
    }

    pub(crate) fn recall(&self) -> f64 {
        share(self.right, self.support)
    }

    pub(crate) fn f1(&self) -> f64 {
        share(2 * self.right, self.predicted + self.support)
    }
}

impl Average {
    /// The scores by their names.
    fn scores(&self) -> [(&'static str, OfClassScore); 3] {
        let names = match self {
            Self::Binary(_) => ["precision", "recall", "f1"],
            Self::Macro => ["precision_macro", "recall_macro", "f1_macro"],
        };
        let scores: [OfClassScore; 3] = [OfClass::precision, OfClass::recall, OfClass::f1];
        std::array::from_fn(|place| (names[place], scores[place]))
    }

    /// The score of this name, if it is one of them.
    pub(crate) fn score(&self, name: &str) -> Option<OfClassScore> {
        let mut scores = self.scores().into_iter();
        scores
            .find(|(other, _)| *other == name)
            .map(|(_, score)| score)
    }
}

impl ClassTally {
    /// The numbers of the model.
    pub(crate) fn class_scores(&self, averages: &[Average]) -> Scores {
        let classes = self.classes();
        let mut scores = Scores::default();
        if classes.is_empty() {
            return scores;
        }
        let of_all: Vec<_> = classes.iter().map(|class| self.of_class(class)).collect();
        scores.add("accuracy", Some(accuracy(&of_all)));
        for average in averages {
            let of_classes = match average {
                Average::Binary(positive) => vec![self.of_class(positive)],
                Average::Macro => of_all.clone(),
            };
            for (name, score) in average.scores() {
                scores.add(name, macro_average(&of_classes, score));
            }
        }
        scores.add("balanced_accuracy", balanced_accuracy(&of_all));
        scores.add("matthews_corrcoef", Some(matthews(&of_all)));
        let rows = self.with_probabilities as f64;
        let mean = |sum: f64| (rows > 0.0).then(|| sum / rows);
        scores.add("log_loss", mean(self.losses.value()));
        let rankings = self.ranked.values().map(|ranked| ranked.scores.ranking());
        let rankings: Vec<_> = rankings.collect();
        scores.add(
            "roc_auc",
            mean_of(rankings.iter().filter_map(Ranking::area)),
        );
        let precisions = rankings.iter().filter_map(Ranking::average_precision);
        scores.add("average_precision", mean_of(precisions));
        if self.improbable == 0 {
            scores.add("brier_score", mean(self.squares.value()));
            let errors = self.ranked.values();
            let errors = errors.filter_map(|ranked| ranked.calibration.error());
            scores.add("expected_calibration_error", mean_of(errors));
        }
        scores
    }

    /// By how much `roc_auc` and `average_precision` are off at most.
    pub(crate) fn ranking_errors(&self) -> (f64, f64) {
        let most = |errors: &mut dyn Iterator<Item = f64>| errors.fold(0.0, f64::max);
        let rankings = self.ranked.values().map(|ranked| ranked.scores.ranking());
        let rankings: Vec<_> = rankings.collect();
        (
            most(&mut rankings.iter().map(Ranking::area_error)),
            most(&mut rankings.iter().map(Ranking::precision_error)),
        )
    }

    /// Which precision, recall and F1 there are: those of the positive class where there is one, and
    /// those of all classes. The latter are there for two classes as well, as the first rows of data
    /// may hold fewer classes than the rest.
    ///
    /// # Errors
    /// Invalid parameters where the positive class does not exist.
    pub(crate) fn averages(&self, params: &Params) -> Result<Vec<Average>> {
        let mut known = self.classes();
        known.extend(self.probabilities.classes.iter().map(String::as_str));
        let positive = positive(params, &known)?.map(Average::Binary);
        Ok(positive.into_iter().chain([Average::Macro]).collect())
    }

    /// The classes that occur as target or prediction.
    pub(crate) fn classes(&self) -> BTreeSet<&str> {
        let predictions = self.confusion.values().flat_map(|row| row.keys());
        let all = self.confusion.keys().chain(predictions);
        all.map(String::as_str).collect()
    }

    pub(crate) fn cell(&self, target: &str, prediction: &str) -> u64 {
        let row = self.confusion.get(target);
        row.and_then(|row| row.get(prediction))
            .copied()
            .unwrap_or(0)
    }

    pub(crate) fn of_class(&self, class: &str) -> OfClass {
        let of_class = self.confusion.get(class);
        OfClass {
            right: self.cell(class, class),
            predicted: self.confusion.keys().map(|row| self.cell(row, class)).sum(),
            support: of_class.map_or(0, |row| row.values().sum()),
        }
    }
}

/// The positive class: the one that was named, or the last of two.
fn positive(params: &Params, known: &BTreeSet<&str>) -> Result<Option<String>> {
    let Some(named) = &params.positive else {
        let last = known.last().filter(|_| known.len() <= 2);
        return Ok(last.map(|&class| class.to_owned()));
    };
    let named = named.to_string();
    if known.is_empty() || known.contains(named.as_str()) {
        return Ok(Some(named));
    }
    let classes: Vec<_> = known
        .iter()
        .take(10)
        .map(|name| format!("`{name}`"))
        .collect();
    let classes = classes.join(", ");
    Err(Error::params(
        "/positive",
        format!("the positive class `{named}` is none of those that occur: {classes}"),
    ))
}

/// The share of the rows whose class was found.
fn accuracy(classes: &[OfClass]) -> f64 {
    let right = classes.iter().map(|class| class.right).sum();
    share(right, classes.iter().map(|class| class.support).sum())
}

/// The mean over classes, each of which counts the same; of one class its score.
pub(crate) fn macro_average(classes: &[OfClass], score: OfClassScore) -> Option<f64> {
    mean_of(classes.iter().map(score))
}

/// The mean recall of the classes that occur as a target (Brodersen, Ong, Stephan and Buhmann, "The
/// Balanced Accuracy and Its Posterior Distribution", ICPR 2010).
pub(crate) fn balanced_accuracy(classes: &[OfClass]) -> Option<f64> {
    let occur = classes.iter().filter(|class| class.support > 0);
    mean_of(occur.map(OfClass::recall))
}

/// The correlation of target and prediction: Matthews' coefficient (1975), for more than two classes
/// as in Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient"
/// (2004). As in scikit-learn it is 0 where all targets or all predictions are of one class.
pub(crate) fn matthews(classes: &[OfClass]) -> f64 {
    // Whole numbers: what differs in the last place decides whether something is zero.
    let sum = |term: fn(&OfClass) -> i128| classes.iter().map(term).sum::<i128>();
    let right = sum(|class| i128::from(class.right));
    let rows = sum(|class| i128::from(class.support));
    let both = sum(|class| i128::from(class.support) * i128::from(class.predicted));
    let targets = rows * rows - sum(|class| i128::from(class.support).pow(2));
    let predictions = rows * rows - sum(|class| i128::from(class.predicted).pow(2));
    if targets == 0 || predictions == 0 {
        return 0.0;
    }
    (right * rows - both) as f64 / ((targets as f64).sqrt() * (predictions as f64).sqrt())
}

/// The mean of values, where there are any.
pub(crate) fn mean_of(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
