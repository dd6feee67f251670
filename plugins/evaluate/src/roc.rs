//! The area under the receiver operating characteristic.
//!
//! It equals the probability that a row of the class has a higher score than one of
//! the rest, equal scores counted half (Hanley and McNeil, "The Meaning and Use of
//! the Area under a Receiver Operating Characteristic (ROC) Curve", Radiology 143
//! (1), 1982), so that it follows from how often each score occurs on either side.

use mlhost_statistics::Distribution;
use serde::{Deserialize, Serialize};

/// The scores of one class, in the rows that are of it and in the rest.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ClassScores {
    pub(crate) of_class: Distribution,
    pub(crate) of_rest: Distribution,
}

impl ClassScores {
    pub(crate) fn merge(&mut self, later: &Self) {
        self.of_class.merge(&later.of_class);
        self.of_rest.merge(&later.of_rest);
    }

    /// The area, from 0 to 1; `None` where one of the sides has no rows.
    pub(crate) fn area(&self) -> Option<f64> {
        let (of_class, of_rest) = self.of_class.comparable(&self.of_rest);
        let pairs = u128::from(of_class.count()) * u128::from(of_rest.count());
        // Pairs won count twice and ties once, so that all is in whole numbers.
        let won_twice: u128 = of_class
            .iter()
            .map(|(score, count)| {
                let below = of_rest.cumulative(score, false);
                let up_to = of_rest.cumulative(score, true);
                u128::from(count) * (u128::from(below) + u128::from(up_to))
            })
            .sum();
        (pairs > 0).then(|| won_twice as f64 / (2 * pairs) as f64)
    }
}
