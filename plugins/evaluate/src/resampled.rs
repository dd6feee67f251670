//! Scores of rows that count as often as they were drawn. The definitions are those of the scores
//! of all rows, with every row that was drawn twice standing there twice; how often each row was
//! drawn comes as one number a row, so that a score is one pass over what it needs.

use crate::calibration::{bin_of, calibration_error, probability};
use crate::class_scores::{OfClass, mean_of};
use crate::ranking::{Ranking, Tied};
use crate::regression::{adjusted, explained};

/// A score that can be computed for any draw of its rows.
pub(crate) trait Resampled {
    /// The score where row `i` was drawn `counts[i]` times; `None` where it does not exist.
    fn value(&self, counts: &[u32]) -> Option<f64>;

    /// What each row has, where the score is the mean of that.
    fn of_rows(&self) -> Option<&[f64]> {
        None
    }
}

/// The mean of something that each row has.
pub(crate) struct Mean {
    values: Vec<f64>,
    /// Whether the score is the square root of the mean.
    root: bool,
}

/// How much of the spread of the target is explained: the coefficient of determination and its kin.
pub(crate) struct Explained {
    /// Less their mean, so that the sum of their squares keeps its digits.
    targets: Vec<f64>,
    squares: Vec<f64>,
    errors: Vec<f64>,
    squared_errors: Vec<f64>,
    /// Whether an error that all rows have does not count.
    of_deviations: bool,
    /// The number of features that the score is adjusted for.
    features: Option<u64>,
}

/// The greatest of something that each row has.
pub(crate) struct Most {
    values: Vec<f64>,
}

/// The median of something that each row has.
pub(crate) struct Median {
    /// In ascending order, each with its row.
    values: Vec<(f64, u32)>,
}

/// What the ranking of one class against the rest is worth.
pub(crate) struct Ranked {
    /// In descending order of the scores: the score, the row, and whether it is of the class.
    rows: Vec<(f64, u32, bool)>,
    measure: fn(&Ranking) -> Option<f64>,
}

/// How far the probabilities of one class are off.
pub(crate) struct CalibrationError {
    bins: usize,
    /// The bin of each row, its probability and whether it is of the class; nothing where a number is
    /// no probability.
    rows: Option<Vec<(usize, f64, bool)>>,
}

/// A score that follows from how often each class was taken for which.
pub(crate) struct OfClasses {
    /// The class of each row, by its number.
    pub(crate) targets: Vec<u32>,
    /// The class that each row was taken for.
    pub(crate) predictions: Vec<u32>,
    /// How many classes there are.
    pub(crate) classes: usize,
    pub(crate) score: FromClasses,
}

/// A score of all classes, of which some may not occur.
pub(crate) type FromClasses = Box<dyn Fn(&[OfClass]) -> Option<f64>>;

impl Mean {
    pub(crate) fn of(values: Vec<f64>) -> Self {
        let root = false;
        Self { values, root }
    }

    pub(crate) fn root_of(values: Vec<f64>) -> Self {
        let root = true;
        Self { values, root }
    }
}

impl Resampled for Mean {
    fn value(&self, counts: &[u32]) -> Option<f64> {
        let mean = sum(&self.values, counts) / drawn(counts)?;
        Some(if self.root { mean.sqrt() } else { mean })
    }

    fn of_rows(&self) -> Option<&[f64]> {
        (!self.root).then_some(&self.values)
    }
}

impl Explained {
    pub(crate) fn new(targets: &[f64], errors: Vec<f64>) -> Self {
        let mean = targets.iter().sum::<f64>() / targets.len().max(1) as f64;
        let targets: Vec<f64> = targets.iter().map(|target| target - mean).collect();
        let squared = |values: &[f64]| values.iter().map(|value| value * value).collect();
        Self {
            squares: squared(&targets),
            targets,
            squared_errors: squared(&errors),
            errors,
            of_deviations: false,
            features: None,
        }
    }

    /// Without what all errors have in common.
    pub(crate) fn of_deviations(self) -> Self {
        let of_deviations = true;
        Self {
            of_deviations,
            ..self
        }
    }

    /// Adjusted for a number of features.
    pub(crate) fn of_features(self, features: u64) -> Self {
        let features = Some(features);
        Self { features, ..self }
    }

    fn is_of_equal_targets(&self, counts: &[u32]) -> bool {
        let drawn = self.targets.iter().zip(counts);
        let mut drawn = drawn
            .filter(|(_, count)| **count > 0)
            .map(|(target, _)| target);
        let first = drawn.next();
        drawn.all(|target| Some(target) == first)
    }
}

impl Resampled for Explained {
    fn value(&self, counts: &[u32]) -> Option<f64> {
        let drawn = drawn(counts).filter(|drawn| *drawn >= 2.0)?;
        let mut error = sum(&self.squared_errors, counts);
        if self.of_deviations {
            let errors = sum(&self.errors, counts);
            error = (error - errors * errors / drawn).max(0.0);
        }
        let (targets, squares) = (sum(&self.targets, counts), sum(&self.squares, counts));
        let mut spread = squares - targets * targets / drawn;
        // The spread of equal values may be a little above zero, by rounding.
        if spread <= squares * 1e-9 && self.is_of_equal_targets(counts) {
            spread = 0.0;
        }
        let score = explained(error, spread);
        match self.features {
            Some(features) => adjusted(score, drawn, features),
            None => Some(score),
        }
    }
}

impl Most {
    pub(crate) fn of(values: Vec<f64>) -> Self {
        Self { values }
    }
}

impl Resampled for Most {
    fn value(&self, counts: &[u32]) -> Option<f64> {
        let drawn = self.values.iter().zip(counts);
        let drawn = drawn.filter(|(_, count)| **count > 0);
        drawn.map(|(value, _)| *value).reduce(f64::max)
    }
}

impl Median {
    pub(crate) fn of(values: Vec<f64>) -> Self {
        let mut values: Vec<_> = values.into_iter().zip(0..).collect();
        values.sort_unstable_by(|(left, row), (right, other)| {
            left.total_cmp(right).then(row.cmp(other))
        });
        Self { values }
    }
}

impl Resampled for Median {
    fn value(&self, counts: &[u32]) -> Option<f64> {
        let drawn: u64 = counts.iter().map(|count| u64::from(*count)).sum();
        let (below, above) = (drawn.checked_sub(1)? / 2, drawn / 2);
        let mut passed = 0;
        let mut lower = None;
        for (value, row) in &self.values {
            passed += u64::from(counts[*row as usize]);
            if lower.is_none() && passed > below {
                lower = Some(*value);
            }
            if passed > above {
                return lower.map(|lower| lower + (value - lower) / 2.0);
            }
        }
        None
    }
}

impl Ranked {
    pub(crate) fn new(
        scores: &[f64],
        of_class: &[bool],
        measure: fn(&Ranking) -> Option<f64>,
    ) -> Self {
        let rows = scores.iter().zip(of_class).zip(0..);
        let mut rows: Vec<_> = rows
            .map(|((score, of_class), row)| (*score, row, *of_class))
            .collect();
        rows.sort_unstable_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        Self { rows, measure }
    }

    fn measured(&self, counts: &[u32]) -> Option<f64> {
        let tied = self.rows.chunk_by(|left, right| left.0 == right.0);
        let tied = tied.map(|tied| {
            let mut sides = Tied::default();
            for (_, row, is_of_class) in tied {
                let count = u64::from(counts[*row as usize]);
                if *is_of_class {
                    sides.of_class += count;
                } else {
                    sides.of_rest += count;
                }
            }
            sides
        });
        let drawn = tied.filter(|tied| tied.of_class + tied.of_rest > 0);
        (self.measure)(&drawn.collect())
    }
}

/// The mean of the measures that exist.
impl Resampled for Vec<Ranked> {
    fn value(&self, counts: &[u32]) -> Option<f64> {
        mean_of(self.iter().filter_map(|class| class.measured(counts)))
    }
}

impl CalibrationError {
    pub(crate) fn new(scores: &[f64], of_class: &[bool], bins: usize) -> Self {
        let rows = scores.iter().zip(of_class).map(|(score, is_of_class)| {
            let probability = probability(*score)?;
            Some((bin_of(probability, bins), probability, *is_of_class))
        });
        Self {
            bins,
            rows: rows.collect(),
        }
    }

    fn error(&self, counts: &[u32]) -> Option<f64> {
        let mut bins = vec![(0, 0, 0.0); self.bins];
        for ((bin, probability, is_of_class), count) in self.rows.as_ref()?.iter().zip(counts) {
            let (rows, of_class, probabilities) = &mut bins[*bin];
            *rows += u64::from(*count);
            *of_class += u64::from(*is_of_class) * u64::from(*count);
            *probabilities += probability * f64::from(*count);
        }
        calibration_error(bins.into_iter())
    }
}

/// The mean over the classes, of which none may have a number that is no probability.
impl Resampled for Vec<CalibrationError> {
    fn value(&self, counts: &[u32]) -> Option<f64> {
        let errors = self.iter().map(|class| class.error(counts));
        mean_of(errors.collect::<Option<Vec<_>>>()?.into_iter())
    }
}

impl Resampled for OfClasses {
    fn value(&self, counts: &[u32]) -> Option<f64> {
        let mut classes = vec![OfClass::default(); self.classes];
        let rows = self.targets.iter().zip(&self.predictions).zip(counts);
        for ((target, prediction), count) in rows {
            let count = u64::from(*count);
            classes[*target as usize].support += count;
            classes[*prediction as usize].predicted += count;
            if target == prediction {
                classes[*target as usize].right += count;
            }
        }
        (self.score)(&classes)
    }
}

/// How many rows were drawn; `None` if none were.
fn drawn(counts: &[u32]) -> Option<f64> {
    let drawn: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    (drawn > 0).then_some(drawn as f64)
}

/// The sum over the rows that were drawn. Rows are added up in lanes, which a processor does side by
/// side; which row goes into which is fixed.
fn sum(values: &[f64], counts: &[u32]) -> f64 {
    const LANES: usize = 8;
    let (values, last_values) = values.as_chunks::<LANES>();
    let (counts, last_counts) = counts.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (values, counts) in values.iter().zip(counts) {
        for (lane, (value, count)) in lanes.iter_mut().zip(values.iter().zip(counts)) {
            *lane += value * f64::from(*count);
        }
    }
    let last = last_values.iter().zip(last_counts);
    let last = last.map(|(value, count)| value * f64::from(*count));
    lanes.iter().sum::<f64>() + last.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class_scores::balanced_accuracy;

    const COUNTS: [u32; 4] = [2, 0, 1, 3];

    /// What was drawn, row by row.
    fn drawn_of(values: [f64; 4]) -> Vec<f64> {
        let repeat = |(value, count)| std::iter::repeat_n(value, count as usize);
        values.into_iter().zip(COUNTS).flat_map(repeat).collect()
    }

    #[test]
    fn scores_are_those_of_the_rows_that_were_drawn() {
        let errors = [1.0, 100.0, 4.0, 2.5];
        let drawn = drawn_of(errors);
        let mean = drawn.iter().sum::<f64>() / 6.0;
        assert_eq!(Mean::of(errors.to_vec()).value(&COUNTS), Some(mean));
        let many: Vec<f64> = (0..27).map(f64::from).collect();
        let counts: Vec<u32> = (0..27).map(|row| row % 3).collect();
        let sum: f64 = many.iter().map(|row| row * (row % 3.0)).sum();
        assert_eq!(Mean::of(many).value(&counts), Some(sum / 27.0));
        let root = Mean::root_of(errors.to_vec()).value(&COUNTS);
        assert_eq!(root, Some(mean.sqrt()));
        // 1, 1, 2.5, 2.5, 2.5, 4
        assert_eq!(Median::of(errors.to_vec()).value(&COUNTS), Some(2.5));
        assert_eq!(Median::of(errors.to_vec()).value(&[1, 1, 0, 0]), Some(50.5));
    }

    #[test]
    fn r2_is_that_of_the_rows_that_were_drawn() {
        let (targets, errors) = ([1e6, 7.0, 1e6 + 2.0, 1e6 - 1.0], [0.5, -3.0, 1.0, 2.5]);
        let found = Explained::new(&targets, errors.to_vec()).value(&COUNTS);
        let targets = drawn_of(targets);
        let mean = targets.iter().sum::<f64>() / 6.0;
        let variance: f64 = targets.iter().map(|target| (target - mean).powi(2)).sum();
        let squares: f64 = drawn_of(errors).iter().map(|error| error * error).sum();
        let expected = 1.0 - squares / variance;
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-4, "{found} and {expected}");
        let equal = Explained::new(&[3.0, 3.0], vec![0.0, 1.0]);
        assert_eq!(equal.value(&[2, 0]), Some(1.0));
        assert_eq!(equal.value(&[1, 1]), Some(0.0));
        let two = Explained::new(&[3.0, 5.0], vec![0.0, 1.0]);
        assert_eq!(two.value(&[2, 0]), Some(1.0));
        assert_eq!(two.value(&[0, 2]), Some(0.0));
        assert_eq!(two.value(&[1, 1]), Some(0.5));
    }

    #[test]
    fn classes_are_averaged_as_they_were_drawn() {
        // Drawn: class 0 twice for 0, class 2 once for 0 and three times for 2; class 1 never.
        let found = |score: FromClasses| {
            let of_classes = OfClasses {
                targets: vec![0, 1, 2, 2],
                predictions: vec![0, 0, 0, 2],
                classes: 3,
                score,
            };
            of_classes.value(&COUNTS).unwrap()
        };
        let of_class = |class: usize, score: fn(&OfClass) -> f64| {
            found(Box::new(move |classes| Some(score(&classes[class]))))
        };
        assert_eq!(of_class(0, OfClass::precision), 2.0 / 3.0);
        assert_eq!(of_class(2, OfClass::recall), 3.0 / 4.0);
        assert_eq!(of_class(2, OfClass::f1), 6.0 / 7.0);
        // What would divide by zero is zero.
        assert_eq!(of_class(1, OfClass::precision), 0.0);
        // Class 1 was not drawn, and has no recall.
        let balanced = found(Box::new(balanced_accuracy));
        assert_eq!(balanced, (1.0 + 3.0 / 4.0) / 2.0);
    }

    #[test]
    fn area_counts_pairs_as_often_as_they_were_drawn() {
        // Of the class twice at 0.9 and once at 0.4, of the rest three times at 0.4.
        let scores = [0.9, 0.1, 0.4, 0.4];
        let area = Ranked::new(&scores, &[true, false, true, false], Ranking::area);
        assert_eq!(area.measured(&COUNTS), Some((6.0 + 1.5) / 9.0));
        assert_eq!(area.measured(&[1, 0, 1, 0]), None);
    }
}
