//! Which of two models is better, as far as the rows tell: the better one if the interval of the
//! difference does not hold zero.
//!
//! With several challengers, each new comparison is a new chance to be wrong. Holm's procedure
//! ("A Simple Sequentially Rejective Multiple Test Procedure", 1979) keeps the chance that any
//! verdict is wrong below that of one comparison: with `k` comparisons open, an interval at
//! `1 - (1 - confidence) / k` decides; what is decided leaves, and the rest is looked at again.

use mlhost_pipeline::Direction;
use serde::Serialize;

use super::scoring::Difference;
use crate::Result;

/// Which of two models is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The challenger is.
    ChallengerBetter,
    /// The champion is.
    ChampionBetter,
    /// These rows do not tell.
    Undecided,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::ChallengerBetter => "challenger better",
            Self::ChampionBetter => "champion better",
            Self::Undecided => "undecided",
        })
    }
}

/// A difference with what it decides, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Decided {
    pub(super) difference: Difference,
    /// The share of the draws that its interval holds.
    pub(super) confidence: f64,
    pub(super) verdict: Verdict,
}

/// Decides every comparison; `difference` tells that of one challenger at a confidence.
pub(super) fn decide(
    challengers: usize,
    confidence: f64,
    better: Direction,
    difference: impl Fn(usize, f64) -> Result<Difference>,
) -> Result<Vec<Decided>> {
    let mut decided: Vec<Option<Decided>> = vec![None; challengers];
    loop {
        let open: Vec<_> = (0..challengers)
            .filter(|at| decided[*at].is_none_or(|one| one.verdict == Verdict::Undecided))
            .collect();
        let level = level(confidence, open.len());
        for at in &open {
            let difference = difference(*at, level)?;
            decided[*at] = Some(Decided {
                verdict: verdict(&difference, better),
                confidence: level,
                difference,
            });
        }
        let undecided = decided
            .iter()
            .flatten()
            .filter(|one| one.verdict == Verdict::Undecided);
        if undecided.count() == open.len() {
            return Ok(decided.into_iter().flatten().collect());
        }
    }
}

/// The confidence of each of several comparisons.
pub(super) fn level(confidence: f64, comparisons: usize) -> f64 {
    match comparisons {
        0 | 1 => confidence,
        several => 1.0 - (1.0 - confidence) / several as f64,
    }
}

fn verdict(difference: &Difference, better: Direction) -> Verdict {
    let (worst, best) = match better {
        Direction::Higher => (difference.lower, difference.upper),
        Direction::Lower => (-difference.upper, -difference.lower),
    };
    if worst > 0.0 {
        Verdict::ChallengerBetter
    } else if best < 0.0 {
        Verdict::ChampionBetter
    } else {
        Verdict::Undecided
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use proptest::prelude::*;
    use special::Error as _;

    use super::{super::sample_size::quantile, *};

    /// The difference of a normal distribution with a standard error of 1.
    fn normal(difference: f64, confidence: f64) -> Difference {
        let half = quantile((1.0 + confidence) / 2.0);
        Difference {
            value: difference,
            difference,
            lower: difference - half,
            upper: difference + half,
            standard_error: Some(1.0),
        }
    }

    fn verdicts(differences: &[f64], better: Direction) -> Vec<Verdict> {
        let told = |at: usize, confidence| Ok(normal(differences[at], confidence));
        let decided = decide(differences.len(), 0.95, better, told).unwrap_or_default();
        decided.iter().map(|one| one.verdict).collect()
    }

    #[test]
    fn the_direction_says_who_is_better() {
        use Verdict::{ChallengerBetter, ChampionBetter, Undecided};
        for (better, wins, loses) in [
            (Direction::Higher, 3.0, -3.0),
            (Direction::Lower, -3.0, 3.0),
        ] {
            assert_eq!(verdicts(&[wins], better), [ChallengerBetter]);
            assert_eq!(verdicts(&[loses], better), [ChampionBetter]);
            assert_eq!(verdicts(&[0.0], better), [Undecided]);
        }
    }

    #[test]
    fn each_comparison_is_told_at_the_level_that_decides_it() {
        // Two-sided p-values of 0.0027, 0.0214 and 0.0455: 0.05/3, 0.05/2 and 0.05 decide.
        let levels = RefCell::new(Vec::new());
        let differences = [2.0, 3.0, 2.3];
        let told = |at: usize, confidence: f64| {
            levels.borrow_mut().push((at, (1.0 - confidence) * 120.0));
            Ok(normal(differences[at], confidence))
        };
        let decided = decide(3, 0.95, Direction::Higher, told).unwrap_or_default();
        assert!(
            decided
                .iter()
                .all(|one| one.verdict == Verdict::ChallengerBetter)
        );
        let rounds: Vec<_> = levels
            .borrow()
            .iter()
            .map(|(at, level)| (*at, level.round() as u32))
            .collect();
        // 120 a = 6: thirds, halves, the whole.
        assert_eq!(rounds, [(0, 2), (1, 2), (2, 2), (0, 3), (2, 3), (0, 6)]);
        assert_eq!(decided[0].confidence, 0.95);
    }

    proptest! {
        /// Holm's procedure in its usual form: p-values in order, each against what is left.
        #[test]
        fn verdicts_are_holms(differences in prop::collection::vec(-4.0..4.0, 0..6_usize)) {
            let p_value = |difference: f64| {
                (difference.abs() / std::f64::consts::SQRT_2).compl_error()
            };
            let mut order: Vec<usize> = (0..differences.len()).collect();
            order.sort_by(|one, other| {
                p_value(differences[*one]).total_cmp(&p_value(differences[*other]))
            });
            let mut expected = vec![Verdict::Undecided; differences.len()];
            for (rank, at) in order.iter().enumerate() {
                if p_value(differences[*at]) > 0.05 / (differences.len() - rank) as f64 {
                    break;
                }
                expected[*at] = match differences[*at] > 0.0 {
                    true => Verdict::ChallengerBetter,
                    false => Verdict::ChampionBetter,
                };
            }
            prop_assert_eq!(verdicts(&differences, Direction::Higher), expected);
        }
    }
}
