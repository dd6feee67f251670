//! What is learned of predicted classes: how often each class was taken for which,
//! how surprised the model was, and how it ranked the rows.

use std::collections::BTreeMap;

use mlhost_plugin::{RecordBatch, Result};
use mlhost_statistics::Moments;
use serde::{Deserialize, Serialize};

use crate::kept::KeptClasses;
use crate::roc::ClassScores;
use crate::rows::Rows;
use crate::values::{Classes, numbers};

/// With more classes than this there is no `roc_auc`: it takes two distributions
/// of scores for each.
pub(crate) const MOST_RANKED_CLASSES: usize = 32;

/// What is learned of a classification.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Classification {
    pub(crate) rows: Rows,
    /// Target, then prediction, then the number of rows.
    pub(crate) confusion: BTreeMap<String, BTreeMap<String, u64>>,
    /// The classes that have a column of probabilities, in order.
    pub(crate) with_probability: Vec<String>,
    /// Of the negative logarithm of the probability of the class that it was.
    pub(crate) losses: Moments,
    pub(crate) scores: BTreeMap<String, ClassScores>,
    pub(crate) kept: Option<KeptClasses>,
}

impl Classification {
    /// Nothing learned yet, for these columns of probabilities. Of two classes it
    /// is enough to rank the rows by one, the positive one. `keep` says whether rows are to be kept.
    pub(crate) fn new(with_probability: Vec<String>, positive: Option<&str>, keep: bool) -> Self {
        let mut ranked = with_probability.clone();
        ranked.sort_unstable();
        if let (2, Some(last)) = (ranked.len(), ranked.last()) {
            ranked = vec![positive.unwrap_or(last).to_owned()];
        } else if ranked.len() > MOST_RANKED_CLASSES {
            ranked.clear();
        }
        let scores = ranked
            .into_iter()
            .map(|class| (class, ClassScores::default()));
        Self {
            scores: scores.collect(),
            with_probability,
            kept: keep.then(KeptClasses::default),
            ..Self::default()
        }
    }

    /// Takes in rows whose columns are the target, the prediction and the
    /// probabilities in the order of the classes.
    pub(crate) fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let mut classes = Classes::default();
        let targets = classes.read(rows.column(0))?;
        let predictions = classes.read(rows.column(1))?;
        self.count(&targets, &predictions, &classes.names());
        self.keep(&targets, &predictions, &classes.names());
        if self.with_probability.is_empty() {
            return Ok(());
        }
        let with_probability = self.with_probability.iter();
        let probabilities = with_probability
            .zip(&rows.columns()[2..])
            .map(|(class, column)| Ok((classes.number(class), numbers(column)?)))
            .collect::<Result<Vec<_>>>()?;
        self.rank(&targets, &probabilities);
        self.lose(&targets, &probabilities);
        Ok(())
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        self.rows.merge(&later.rows);
        for (target, predictions) in &later.confusion {
            let ours = self.confusion.entry(target.clone()).or_default();
            for (prediction, count) in predictions {
                *ours.entry(prediction.clone()).or_default() += count;
            }
        }
        self.losses.merge(&later.losses);
        for (class, scores) in &later.scores {
            self.scores.entry(class.clone()).or_default().merge(scores);
        }
        if let (Some(kept), Some(later)) = (&mut self.kept, &later.kept) {
            kept.merge(later);
        }
    }

    /// Keeps the rows that have a target, where rows are to be kept.
    fn keep(&mut self, targets: &[Option<usize>], predictions: &[Option<usize>], classes: &[&str]) {
        let Some(kept) = &mut self.kept else { return };
        for (target, prediction) in targets.iter().zip(predictions) {
            if let Some(target) = target {
                // Rows without a prediction are counted, and refused before any score is made.
                let prediction = prediction.map_or("", |prediction| classes[prediction]);
                kept.push(classes[*target], prediction);
            }
        }
    }

    fn count(
        &mut self,
        targets: &[Option<usize>],
        predictions: &[Option<usize>],
        classes: &[&str],
    ) {
        let mut counts = BTreeMap::new();
        for pair in targets.iter().zip(predictions) {
            match pair {
                (None, _) => self.rows.without_target += 1,
                (Some(_), None) => self.rows.unusable_predictions += 1,
                (Some(target), Some(prediction)) => {
                    *counts.entry((*target, *prediction)).or_insert(0) += 1;
                }
            }
        }
        self.rows.with_target += targets.iter().flatten().count() as u64;
        for ((target, prediction), count) in counts {
            let predictions = self.confusion.entry(classes[target].to_owned());
            let total = predictions
                .or_default()
                .entry(classes[prediction].to_owned());
            *total.or_default() += count;
        }
    }

    /// Takes in the scores of the classes that rows are ranked by.
    fn rank(&mut self, targets: &[Option<usize>], probabilities: &[(usize, Vec<f64>)]) {
        for (name, (class, values)) in self.with_probability.iter().zip(probabilities) {
            let Some(scores) = self.scores.get_mut(name) else {
                continue;
            };
            let (mut of_class, mut of_rest) = (vec![], vec![]);
            for (target, value) in targets.iter().zip(values) {
                match target {
                    Some(target) if target == class => of_class.push(*value),
                    Some(_) => of_rest.push(*value),
                    None => {}
                }
            }
            if let Some(kept) = &mut self.kept {
                let kept = kept.scores.entry(name.clone()).or_default();
                let scored = targets.iter().zip(values);
                kept.extend(
                    scored
                        .filter(|(target, _)| target.is_some())
                        .map(|(_, value)| value),
                );
            }
            scores.of_class.update(&of_class);
            scores.of_rest.update(&of_rest);
        }
    }

    /// Takes in the probability of the class that each row is of; none was given to
    /// a class that has no column. Clipped as in scikit-learn, so that being
    /// certain and wrong costs a finite amount.
    fn lose(&mut self, targets: &[Option<usize>], probabilities: &[(usize, Vec<f64>)]) {
        let mut of_target = vec![0.0; targets.len()];
        let mut usable = vec![true; targets.len()];
        for (class, values) in probabilities {
            for (row, value) in values.iter().enumerate() {
                usable[row] &= value.is_finite();
                if targets[row] == Some(*class) {
                    of_target[row] = *value;
                }
            }
        }
        let mut losses = Vec::with_capacity(targets.len());
        for (row, probability) in of_target.iter().enumerate() {
            if targets[row].is_none() {
                continue;
            }
            self.rows.unusable_probabilities += u64::from(!usable[row]);
            let clipped = probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
            losses.push(-clipped.ln());
        }
        self.losses.update(&losses);
        if let Some(kept) = &mut self.kept {
            kept.losses.extend(losses);
        }
    }
}
