//! What is learned of predicted classes: how often each class was taken for which,
//! how surprised the model was, how it ranked the rows, and how far its probabilities were off.

use std::collections::BTreeMap;

use mlhost_plugin::{RecordBatch, Result};
use mlhost_statistics::ExactSum;
use serde::{Deserialize, Serialize};

use crate::Params;
use crate::calibration::{Calibration, probability};
use crate::kept::KeptClasses;
use crate::ranking::ClassScores;
use crate::rows::Rows;
use crate::scores::Scores;
use crate::slices::{Slices, Tally};
use crate::values::{Classes, numbers};

/// With more classes than this there is no `roc_auc`: it takes two distributions
/// of scores for each.
pub(crate) const MOST_RANKED_CLASSES: usize = 32;

/// What is learned of a classification.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Classification {
    pub(crate) all: ClassTally,
    pub(crate) slices: Slices<ClassTally>,
    pub(crate) kept: Option<KeptClasses>,
    probabilities: Probabilities,
}

/// Which classes have a column of probabilities.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Probabilities {
    /// In the order of the columns.
    pub(crate) classes: Vec<String>,
    /// The classes that rows are ranked by: of two the positive one, and else all of them.
    ranked: Vec<String>,
}

/// What the scores of some rows follow from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ClassTally {
    rows: Rows,
    /// Target, then prediction, then the number of rows.
    pub(crate) confusion: BTreeMap<String, BTreeMap<String, u64>>,
    pub(crate) probabilities: Probabilities,
    /// Rows whose probabilities were taken in.
    pub(crate) with_probabilities: u64,
    /// Of the negative logarithm of the probability of the class that it was.
    pub(crate) losses: ExactSum,
    /// Rows with a number that is no probability, below 0 or above 1.
    pub(crate) improbable: u64,
    /// Of the squared differences between the probabilities and what was the case.
    pub(crate) squares: ExactSum,
    pub(crate) ranked: BTreeMap<String, Ranked>,
}

/// The probabilities of one class.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ranked {
    pub(crate) scores: ClassScores,
    pub(crate) calibration: Calibration,
}

/// Rows of a batch: classes by their numbers, and probabilities.
#[derive(Debug)]
pub(crate) struct ClassRows<'a> {
    names: &'a [&'a str],
    targets: Vec<Option<usize>>,
    predictions: Vec<Option<usize>>,
    /// Of each class that has a column, by its number; NaN where there is none.
    probabilities: Vec<(usize, Vec<f64>)>,
    known: &'a Probabilities,
}

impl Probabilities {
    pub(crate) fn new(classes: Vec<String>, positive: Option<&str>) -> Self {
        let mut ranked = classes.clone();
        ranked.sort_unstable();
        if let (2, Some(last)) = (ranked.len(), ranked.last()) {
            ranked = vec![positive.unwrap_or(last).to_owned()];
        } else if ranked.len() > MOST_RANKED_CLASSES {
            ranked.clear();
        }
        Self { classes, ranked }
    }
}

impl Classification {
    /// Nothing learned yet.
    pub(crate) fn new(
        params: &Params,
        probabilities: Probabilities,
        slices: Slices<ClassTally>,
    ) -> Self {
        Self {
            all: ClassTally::new(&probabilities, params),
            slices,
            kept: params.keeps_rows().then(KeptClasses::default),
            probabilities,
        }
    }

    /// Takes in rows whose columns are the target, the prediction and the
    /// probabilities in the order of the classes.
    pub(crate) fn update(&mut self, rows: &RecordBatch, params: &Params) -> Result<()> {
        let mut classes = Classes::default();
        let targets = classes.read(rows.column(0))?;
        let predictions = classes.read(rows.column(1))?;
        let with_probability = self.probabilities.classes.iter();
        let probabilities = with_probability
            .zip(&rows.columns()[2..])
            .map(|(class, column)| Ok((classes.number(class), numbers(column)?)))
            .collect::<Result<Vec<_>>>()?;
        let class_rows = ClassRows {
            names: &classes.names(),
            targets,
            predictions,
            probabilities,
            known: &self.probabilities,
        };
        self.all.update(&class_rows, params);
        if let Some(kept) = &mut self.kept {
            class_rows.keep(kept);
        }
        self.slices.update(rows, &class_rows, params)
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        self.all.merge(&later.all);
        self.slices.merge(&later.slices);
        if let (Some(kept), Some(later)) = (&mut self.kept, &later.kept) {
            kept.merge(later);
        }
    }
}

impl ClassRows<'_> {
    /// Places of the rows that have a target, with that.
    fn with_target(&self) -> impl Iterator<Item = (usize, usize)> {
        let targets = self.targets.iter().enumerate();
        targets.filter_map(|(row, target)| Some((row, (*target)?)))
    }

    /// The probabilities of the classes that rows are ranked by.
    fn ranked(&self) -> impl Iterator<Item = (&str, usize, &[f64])> {
        let columns = self.known.classes.iter().zip(&self.probabilities);
        columns
            .filter(|(name, _)| self.known.ranked.contains(name))
            .map(|(name, (class, values))| (name.as_str(), *class, values.as_slice()))
    }

    /// The negative logarithm of the probability of the class that a row is of; none was given to a
    /// class that has no column. Clipped as in scikit-learn, so that being certain and wrong costs a
    /// finite amount.
    fn loss(&self, row: usize, target: usize) -> f64 {
        let mut columns = self.probabilities.iter();
        let given = columns.find(|(class, _)| *class == target);
        let given = given.map_or(0.0, |(_, values)| values[row]);
        -given.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
    }

    /// The squared difference between the probabilities of a row and what was the case, summed over
    /// the classes (Brier, "Verification of Forecasts Expressed in Terms of Probability", 1950); of
    /// two classes that of the positive one alone, which is half of it. `None` where a number is no
    /// probability.
    fn squares(&self, row: usize, target: usize) -> Option<f64> {
        let square = |class: usize, value: f64| {
            let was = f64::from(u8::from(class == target));
            probability(value).map(|probability| (probability - was) * (probability - was))
        };
        if let [only] = self.known.ranked.as_slice() {
            let at = self.known.classes.iter().position(|class| class == only)?;
            let (class, values) = &self.probabilities[at];
            return square(*class, values[row]);
        }
        let mut sum = 0.0;
        let mut has_column = false;
        for (class, values) in &self.probabilities {
            sum += square(*class, values[row])?;
            has_column |= *class == target;
        }
        // A class without a column was given no probability.
        Some(if has_column { sum } else { sum + 1.0 })
    }

    /// Keeps the rows that have a target.
    fn keep(&self, kept: &mut KeptClasses) {
        for (row, target) in self.with_target() {
            // Rows without a prediction are counted, and refused before any score is made.
            let prediction = self.predictions[row].map_or("", |class| self.names[class]);
            kept.push(self.names[target], prediction);
            if !self.probabilities.is_empty() {
                kept.losses.push(self.loss(row, target));
                kept.squares
                    .push(self.squares(row, target).unwrap_or(f64::NAN));
            }
        }
        for (name, _, values) in self.ranked() {
            let scores = kept.scores.entry(name.to_owned()).or_default();
            scores.extend(self.with_target().map(|(row, _)| values[row]));
        }
    }
}

impl ClassTally {
    fn new(probabilities: &Probabilities, params: &Params) -> Self {
        let ranked = probabilities.ranked.iter().map(|class| {
            let ranked = Ranked {
                scores: ClassScores::default(),
                calibration: Calibration::new(params.calibration_bins),
            };
            (class.clone(), ranked)
        });
        Self {
            ranked: ranked.collect(),
            probabilities: probabilities.clone(),
            ..Self::default()
        }
    }

    fn count(&mut self, rows: &ClassRows<'_>) {
        let mut counts = BTreeMap::new();
        for (target, prediction) in rows.targets.iter().zip(&rows.predictions) {
            match (target, prediction) {
                (None, _) => self.rows.without_target += 1,
                (Some(_), None) => self.rows.unusable_predictions += 1,
                (Some(target), Some(prediction)) => {
                    *counts.entry((*target, *prediction)).or_insert(0) += 1;
                }
            }
        }
        self.rows.with_target += rows.targets.iter().flatten().count() as u64;
        for ((target, prediction), count) in counts {
            let predictions = self.confusion.entry(rows.names[target].to_owned());
            let total = predictions
                .or_default()
                .entry(rows.names[prediction].to_owned());
            *total.or_default() += count;
        }
    }

    /// Takes in the scores of the classes that rows are ranked by.
    fn rank(&mut self, rows: &ClassRows<'_>) {
        for (name, class, values) in rows.ranked() {
            let Some(ranked) = self.ranked.get_mut(name) else {
                continue;
            };
            let (mut of_class, mut of_rest) = (vec![], vec![]);
            for (row, target) in rows.with_target() {
                let value = values[row];
                let is_of_class = target == class;
                let side = if is_of_class {
                    &mut of_class
                } else {
                    &mut of_rest
                };
                side.push(value);
                if let Some(probability) = probability(value) {
                    ranked.calibration.add(probability, is_of_class);
                }
            }
            ranked.scores.of_class.update(&of_class);
            ranked.scores.of_rest.update(&of_rest);
        }
    }
}

impl Tally for ClassTally {
    type Rows<'a> = ClassRows<'a>;

    fn pick<'a>(rows: &Self::Rows<'a>, picked: &[usize]) -> Self::Rows<'a> {
        let classes = |values: &[Option<usize>]| picked.iter().map(|row| values[*row]).collect();
        let probabilities = rows.probabilities.iter().map(|(class, values)| {
            let values = picked.iter().map(|row| values[*row]);
            (*class, values.collect())
        });
        ClassRows {
            names: rows.names,
            targets: classes(&rows.targets),
            predictions: classes(&rows.predictions),
            probabilities: probabilities.collect(),
            known: rows.known,
        }
    }

    fn update(&mut self, rows: &ClassRows<'_>, params: &Params) {
        if self.rows == Rows::default() {
            *self = Self::new(rows.known, params);
        }
        self.count(rows);
        if rows.probabilities.is_empty() {
            return;
        }
        self.rank(rows);
        for (row, target) in rows.with_target() {
            self.with_probabilities += 1;
            let mut columns = rows.probabilities.iter();
            let unusable = columns.any(|(_, values)| !values[row].is_finite());
            self.rows.unusable_probabilities += u64::from(unusable);
            self.losses.add(rows.loss(row, target));
            match rows.squares(row, target) {
                Some(squares) => self.squares.add(squares),
                None => self.improbable += 1,
            }
        }
    }

    fn merge(&mut self, later: &Self) {
        if self.probabilities.classes.is_empty() {
            self.probabilities.clone_from(&later.probabilities);
        }
        self.rows.merge(&later.rows);
        for (target, predictions) in &later.confusion {
            let ours = self.confusion.entry(target.clone()).or_default();
            for (prediction, count) in predictions {
                *ours.entry(prediction.clone()).or_default() += count;
            }
        }
        self.with_probabilities += later.with_probabilities;
        self.losses.merge(&later.losses);
        self.improbable += later.improbable;
        self.squares.merge(&later.squares);
        for (class, ranked) in &later.ranked {
            let ours = self.ranked.entry(class.clone()).or_default();
            ours.scores.merge(&ranked.scores);
            ours.calibration.merge(&ranked.calibration);
        }
    }

    fn rows(&self) -> &Rows {
        &self.rows
    }

    fn scores(&self, params: &Params, whole: &Self) -> Result<Scores> {
        Ok(self.class_scores(&whole.averages(params)?))
    }
}
