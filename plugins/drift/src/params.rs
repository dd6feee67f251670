//! The parameters, as the pipeline's author writes them.

use mlhost_plugin::{Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;

/// More bins than this say nothing that fewer do not.
const MOST_BINS: usize = 1000;

/// Above this a population stability index is a large change, by custom.
const DEFAULT_THRESHOLD: f64 = 0.2;

/// What to compare, and what counts as drift.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The columns to compare. By default all columns of numbers, texts and
    /// booleans; columns of dates and timestamps have to be named.
    #[serde(default)]
    pub columns: Option<Vec<String>>,
    /// How many bins of about equal size the reference's values of a column of
    /// numbers are divided into, from 2 to 1000. Values that occur very often make
    /// the bins fewer.
    #[serde(default = "bins")]
    pub bins: usize,
    /// A column has drifted where its population stability index is larger. By
    /// default 0.2; below 0.1 there is no change to speak of.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// The step fails where a larger share of the columns, from 0 to 1, has
    /// drifted. By default it never fails: drift is a warning.
    #[serde(default)]
    pub max_share_drifted: Option<f64>,
    /// Columns with more different texts than this are not compared: names and
    /// identifiers always differ.
    #[serde(default = "max_categories")]
    pub max_categories: usize,
}

impl Params {
    /// Refuses values that make no sense whatever the data.
    pub(crate) fn check(&self) -> Result<()> {
        if !(2..=MOST_BINS).contains(&self.bins) {
            let message = format!("expected 2 to {MOST_BINS} bins, found {}", self.bins);
            return Err(Error::params("/bins", message));
        }
        if let Some(threshold) = self.threshold
            && !(threshold.is_finite() && threshold >= 0.0)
        {
            let message = format!("expected a threshold of 0 or more, found {threshold}");
            return Err(Error::params("/threshold", message));
        }
        if let Some(share) = self.max_share_drifted
            && !(0.0..=1.0).contains(&share)
        {
            let message = format!("expected a share from 0 to 1, found {share}");
            return Err(Error::params("/max_share_drifted", message));
        }
        Ok(())
    }

    /// The threshold, and whether it is a `parameter` or the `default`.
    pub(crate) fn threshold(&self) -> (f64, &'static str) {
        match self.threshold {
            Some(threshold) => (threshold, "parameter"),
            None => (DEFAULT_THRESHOLD, "default"),
        }
    }
}

fn bins() -> usize {
    10
}

fn max_categories() -> usize {
    10_000
}
