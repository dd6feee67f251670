//! How well scores rank the rows of a class before the rest: the areas under the receiver operating
//! characteristic and under the curve of precision and recall, and those curves.
//!
//! All follow from how often each score occurs on either side. Up to
//! [`mlhost_statistics::EXACT_VALUES`] different scores a side they are exact; beyond that scores
//! are known to [`mlhost_statistics::RELATIVE_ERROR`], scores that cannot be told apart count as
//! equal, and [`Ranking::area_error`] and [`Ranking::precision_error`] bound what that changes.

use mlhost_statistics::Distribution;
use serde::{Deserialize, Serialize};

/// A curve is drawn by its corners, less those that are nearer than this to the last one drawn.
const SMALLEST_STEP: f64 = 1.0 / 128.0;

/// The scores of one class, in the rows that are of it and in the rest.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ClassScores {
    pub(crate) of_class: Distribution,
    pub(crate) of_rest: Distribution,
}

/// Rows of equal scores: how many are of the class, and how many of the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tied {
    pub(crate) of_class: u64,
    pub(crate) of_rest: u64,
}

/// Rows by their scores, the highest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ranking {
    tied: Vec<Tied>,
    /// Whether rows of equal scores may have had different ones.
    is_exact: bool,
}

/// A curve: a list of abscissae and one of ordinates.
pub(crate) type Curve = (Vec<f64>, Vec<f64>);

impl ClassScores {
    pub(crate) fn merge(&mut self, later: &Self) {
        self.of_class.merge(&later.of_class);
        self.of_rest.merge(&later.of_rest);
    }

    /// The rows by their scores.
    pub(crate) fn ranking(&self) -> Ranking {
        let (of_class, of_rest) = self.of_class.comparable(&self.of_rest);
        let mut tied: Vec<(f64, Tied)> = vec![];
        let mut rest = of_rest.iter().peekable();
        for (score, count) in of_class.iter() {
            while let Some((score, count)) = rest.next_if(|(other, _)| *other < score) {
                tied.push((
                    score,
                    Tied {
                        of_class: 0,
                        of_rest: count,
                    },
                ));
            }
            let equal = rest.next_if(|(other, _)| *other == score);
            let of_rest = equal.map_or(0, |(_, count)| count);
            tied.push((
                score,
                Tied {
                    of_class: count,
                    of_rest,
                },
            ));
        }
        tied.extend(rest.map(|(score, count)| {
            (
                score,
                Tied {
                    of_class: 0,
                    of_rest: count,
                },
            )
        }));
        Ranking {
            tied: tied.into_iter().rev().map(|(_, tied)| tied).collect(),
            is_exact: of_class.is_exact(),
        }
    }
}

impl FromIterator<Tied> for Ranking {
    fn from_iter<I: IntoIterator<Item = Tied>>(tied: I) -> Self {
        Self {
            tied: tied.into_iter().collect(),
            is_exact: true,
        }
    }
}

impl Ranking {
    /// How many rows are of the class.
    pub(crate) fn of_class(&self) -> u64 {
        self.tied.iter().map(|tied| tied.of_class).sum()
    }

    fn of_rest(&self) -> u64 {
        self.tied.iter().map(|tied| tied.of_rest).sum()
    }

    fn pairs(&self) -> Option<u128> {
        let pairs = u128::from(self.of_class()) * u128::from(self.of_rest());
        (pairs > 0).then_some(pairs)
    }

    /// The area under the receiver operating characteristic, from 0 to 1; `None` where one of the
    /// sides has no rows. It is the probability that a row of the class has a higher score than one
    /// of the rest, equal scores counted half (Hanley and McNeil, "The Meaning and Use of the Area
    /// under a Receiver Operating Characteristic (ROC) Curve", Radiology 143 (1), 1982).
    pub(crate) fn area(&self) -> Option<f64> {
        let pairs = self.pairs()?;
        // Pairs won count twice and ties once, so that all is in whole numbers.
        let mut below = self.of_rest();
        let mut won_twice = 0;
        for tied in &self.tied {
            below -= tied.of_rest;
            won_twice += u128::from(tied.of_class) * u128::from(2 * below + tied.of_rest);
        }
        Some(won_twice as f64 / (2 * pairs) as f64)
    }

    /// By how much the area is off at most: half the share of the pairs that cannot be told apart.
    pub(crate) fn area_error(&self) -> f64 {
        let tied = self.tied.iter();
        let tied: u128 = tied
            .map(|tied| u128::from(tied.of_class) * u128::from(tied.of_rest))
            .sum();
        let pairs = self.pairs().filter(|_| !self.is_exact);
        pairs.map_or(0.0, |pairs| tied as f64 / (2 * pairs) as f64)
    }

    /// The average precision: the sum over scores, from the highest, of the recall that is gained
    /// times the precision down to there, as scikit-learn's `average_precision_score` has it, without
    /// interpolation (Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008,
    /// section 8.4). `None` where no row is of the class, for which scikit-learn says 0.
    pub(crate) fn average_precision(&self) -> Option<f64> {
        let all = self.of_class();
        let precision = self
            .cumulative()
            .map(|(tied, right, taken)| tied.of_class as f64 * (right as f64 / taken as f64));
        let sum: f64 = precision.sum();
        (all > 0).then(|| sum / all as f64)
    }

    /// By how much the average precision is off at most: within scores that cannot be told apart,
    /// all rows of the class may have come first, or last.
    pub(crate) fn precision_error(&self) -> f64 {
        let all = self.of_class();
        if self.is_exact || all == 0 {
            return 0.0;
        }
        let errors = self.cumulative().map(|(tied, right, taken)| {
            let of_class = tied.of_class as f64;
            if of_class == 0.0 {
                return 0.0;
            }
            let best = right as f64 / (taken - tied.of_rest) as f64;
            let first = (right - tied.of_class + 1) as f64;
            let worst = first / (taken as f64 - of_class + 1.0);
            of_class * (best - worst)
        });
        errors.sum::<f64>() / all as f64
    }

    /// Rows that are taken for the class down to each score: the tied ones, how many are right and
    /// how many there are.
    fn cumulative(&self) -> impl Iterator<Item = (Tied, u64, u64)> {
        let mut totals = (0, 0);
        self.tied.iter().map(move |tied| {
            totals.0 += tied.of_class;
            totals.1 += tied.of_class + tied.of_rest;
            (*tied, totals.0, totals.1)
        })
    }

    /// The share of the class that is found, over the share of the rest that is taken for it.
    pub(crate) fn receiver_operating_characteristic(&self) -> Option<Curve> {
        self.pairs()?;
        let (all, rest) = (self.of_class() as f64, self.of_rest() as f64);
        let points = self
            .cumulative()
            .map(|(_, right, taken)| ((taken - right) as f64 / rest, right as f64 / all));
        Some(thinned([(0.0, 0.0)].into_iter().chain(points)))
    }

    /// Precision over recall.
    pub(crate) fn precision_and_recall(&self) -> Option<Curve> {
        let all = self.of_class();
        let points = self
            .cumulative()
            .map(|(_, right, taken)| (right as f64 / all as f64, right as f64 / taken as f64));
        (all > 0).then(|| thinned(points))
    }
}

/// Points without those that are near the one before, and with the last.
fn thinned(points: impl Iterator<Item = (f64, f64)>) -> Curve {
    let (mut abscissae, mut ordinates) = (vec![], vec![]);
    let mut drawn: Option<(f64, f64)> = None;
    let mut left_out = None;
    for (x, y) in points {
        let is_near = drawn.is_some_and(|(last_x, last_y)| {
            (x - last_x).abs() < SMALLEST_STEP && (y - last_y).abs() < SMALLEST_STEP
        });
        if is_near {
            left_out = Some((x, y));
        } else {
            abscissae.push(x);
            ordinates.push(y);
            (drawn, left_out) = (Some((x, y)), None);
        }
    }
    if let Some((x, y)) = left_out {
        abscissae.push(x);
        ordinates.push(y);
    }
    (abscissae, ordinates)
}
