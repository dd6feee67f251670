//! Which rows could be scored. What makes a row unusable is counted while the data
//! is read and reported at the end, so that the message holds the whole number.

use mlhost_plugin::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::Params;

/// Counts of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rows {
    /// Rows with a target.
    pub(crate) with_target: u64,
    /// Rows whose target is null or NaN.
    pub(crate) without_target: u64,
    /// Rows with a target that is infinite.
    pub(crate) infinite_targets: u64,
    /// Rows with a target whose prediction is null, NaN or infinite.
    pub(crate) unusable_predictions: u64,
    /// Rows with a target of which a probability is null, NaN or infinite.
    pub(crate) unusable_probabilities: u64,
}

impl Rows {
    pub(crate) fn merge(&mut self, later: &Self) {
        self.with_target += later.with_target;
        self.without_target += later.without_target;
        self.infinite_targets += later.infinite_targets;
        self.unusable_predictions += later.unusable_predictions;
        self.unusable_probabilities += later.unusable_probabilities;
    }

    /// Refuses rows that no score can be made of.
    pub(crate) fn check(&self, params: &Params, model: &str) -> Result<()> {
        let all = self.with_target;
        let refuse = |found: String| Err(Error::data(format!("model `{model}`: {found}")));
        if self.infinite_targets > 0 {
            let (count, target) = (self.infinite_targets, &params.target);
            return refuse(format!(
                "{count} of {all} values of the target `{target}` are infinite"
            ));
        }
        if self.unusable_predictions > 0 {
            let (count, prediction) = (self.unusable_predictions, &params.prediction);
            return refuse(format!(
                "{count} of {all} predictions in column `{prediction}` are null, NaN or infinite"
            ));
        }
        if self.unusable_probabilities > 0 {
            let (count, prefix) = (self.unusable_probabilities, &params.probability_prefix);
            return refuse(format!(
                "{count} of {all} rows hold a probability in a column `{prefix}…` that is null, NaN or infinite"
            ));
        }
        Ok(())
    }
}
