//! Scores of rows that count as often as they were drawn. The definitions are those of the scores
//! of all rows, with every row that was drawn twice standing there twice; how often each row was
//! drawn comes as one number a row, so that a score is one pass over what it needs.

use crate::class_scores::{OfClass, OfClassScore};

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

/// The coefficient of determination.
pub(crate) struct RSquared {
    /// Less their mean, so that the sum of their squares keeps its digits.
    targets: Vec<f64>,
    squares: Vec<f64>,
    squared_errors: Vec<f64>,
}

/// The median of something that each row has.
pub(crate) struct Median {
    /// In ascending order, each with its row.
    values: Vec<(f64, u32)>,
}

/// The area under the curve of one class against the rest.
pub(crate) struct Area {
    /// In ascending order of the scores: the score, the row, and whether it is of the class.
    rows: Vec<(f64, u32, bool)>,
}

/// Precision, recall or F1 of one class, or the mean of that of all.
pub(crate) struct ClassAverage {
    /// The class of each row, by its number.
    pub(crate) targets: Vec<u32>,
    /// The class that each row was taken for.
    pub(crate) predictions: Vec<u32>,
    /// How many classes there are.
    pub(crate) classes: usize,
    /// The one class that counts; none if all do that were drawn, as target or prediction.
    pub(crate) only: Option<usize>,
    pub(crate) score: OfClassScore,
}

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

impl RSquared {
    pub(crate) fn new(targets: &[f64], squared_errors: Vec<f64>) -> Self {
        let mean = targets.iter().sum::<f64>() / targets.len().max(1) as f64;
        let targets: Vec<f64> = targets.iter().map(|target| target - mean).collect();
        Self {
            squares: targets.iter().map(|target| target * target).collect(),
            targets,
            squared_errors,
        }
    }
}

impl Resampled for RSquared {
    fn value(&self, counts: &[u32]) -> Option<f64> {
        let drawn = drawn(counts).filter(|drawn| *drawn >= 2.0)?;
        let error = sum(&self.squared_errors, counts);
        let (targets, squares) = (sum(&self.targets, counts), sum(&self.squares, counts));
        let spread = squares - targets * targets / drawn;
        // The spread of equal values may be a little above zero, by rounding.
        if spread <= squares * 1e-9 && self.is_of_equal_targets(counts) {
            return Some(if error == 0.0 { 1.0 } else { 0.0 });
        }
        Some(1.0 - error / spread)
    }
}

impl RSquared {
    fn is_of_equal_targets(&self, counts: &[u32]) -> bool {
        let drawn = self.targets.iter().zip(counts);
        let mut drawn = drawn
            .filter(|(_, count)| **count > 0)
            .map(|(target, _)| target);
        let first = drawn.next();
        drawn.all(|target| Some(target) == first)
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

impl Area {
    pub(crate) fn new(scores: &[f64], of_class: &[bool]) -> Self {
        let rows = scores.iter().zip(of_class).zip(0..);
        let mut rows: Vec<_> = rows
            .map(|((score, of_class), row)| (*score, row, *of_class))
            .collect();
        rows.sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        Self { rows }
    }

    /// The share of the pairs of a row of the class and one of the rest that the scores put in the
    /// right order, ties counted half.
    fn area(&self, counts: &[u32]) -> Option<f64> {
        let (mut of_class, mut of_rest, mut won_twice) = (0_u64, 0_u64, 0_u128);
        for tied in self.rows.chunk_by(|left, right| left.0 == right.0) {
            let (mut ours, mut theirs) = (0, 0);
            for (_, row, is_of_class) in tied {
                let side = if *is_of_class { &mut ours } else { &mut theirs };
                *side += u64::from(counts[*row as usize]);
            }
            won_twice += u128::from(ours) * u128::from(2 * of_rest + theirs);
            of_class += ours;
            of_rest += theirs;
        }
        let pairs = u128::from(of_class) * u128::from(of_rest);
        (pairs > 0).then(|| won_twice as f64 / (2 * pairs) as f64)
    }
}

/// The mean of the areas that exist.
impl Resampled for Vec<Area> {
    fn value(&self, counts: &[u32]) -> Option<f64> {
        let areas: Vec<f64> = self.iter().filter_map(|class| class.area(counts)).collect();
        (!areas.is_empty()).then(|| areas.iter().sum::<f64>() / areas.len() as f64)
    }
}

impl Resampled for ClassAverage {
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
        if let Some(only) = self.only {
            return Some((self.score)(&classes[only]));
        }
        let drawn = classes.iter();
        let drawn = drawn.filter(|class| class.support + class.predicted > 0);
        let scores: Vec<f64> = drawn.map(self.score).collect();
        (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
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
        let (targets, squares) = ([1e6, 7.0, 1e6 + 2.0, 1e6 - 1.0], [0.5, 9.0, 1.0, 0.25]);
        let found = RSquared::new(&targets, squares.to_vec()).value(&COUNTS);
        let targets = drawn_of(targets);
        let mean = targets.iter().sum::<f64>() / 6.0;
        let variance: f64 = targets.iter().map(|target| (target - mean).powi(2)).sum();
        let expected = 1.0 - drawn_of(squares).iter().sum::<f64>() / variance;
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-4, "{found} and {expected}");
        let equal = RSquared::new(&[3.0, 3.0], vec![0.0, 1.0]);
        assert_eq!(equal.value(&[2, 0]), Some(1.0));
        assert_eq!(equal.value(&[1, 1]), Some(0.0));
        let two = RSquared::new(&[3.0, 5.0], vec![0.0, 1.0]);
        assert_eq!(two.value(&[2, 0]), Some(1.0));
        assert_eq!(two.value(&[0, 2]), Some(0.0));
        assert_eq!(two.value(&[1, 1]), Some(0.5));
    }

    #[test]
    fn classes_are_averaged_as_they_were_drawn() {
        // Drawn: class 0 twice for 0, class 2 once for 0 and three times for 2; class 1 never.
        let average = |only, score| ClassAverage {
            targets: vec![0, 1, 2, 2],
            predictions: vec![0, 0, 0, 2],
            classes: 3,
            only,
            score,
        };
        let precision = average(None, OfClass::precision).value(&COUNTS);
        assert_eq!(precision, Some((2.0 / 3.0 + 1.0) / 2.0));
        let recall = average(None, OfClass::recall).value(&COUNTS);
        assert_eq!(recall, Some((1.0 + 3.0 / 4.0) / 2.0));
        let f1 = average(Some(2), OfClass::f1).value(&COUNTS);
        assert_eq!(f1, Some(6.0 / 7.0));
        // What would divide by zero is zero.
        let unseen = average(Some(1), OfClass::precision).value(&COUNTS);
        assert_eq!(unseen, Some(0.0));
    }

    #[test]
    fn area_counts_pairs_as_often_as_they_were_drawn() {
        // Of the class twice at 0.9 and once at 0.4, of the rest three times at 0.4.
        let area = Area::new(&[0.9, 0.1, 0.4, 0.4], &[true, false, true, false]);
        assert_eq!(area.area(&COUNTS), Some((6.0 + 1.5) / 9.0));
        assert_eq!(area.area(&[1, 0, 1, 0]), None);
    }
}
