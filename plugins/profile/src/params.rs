//! The parameters, as they stand in a pipeline.

use schemars::JsonSchema;
use serde::Deserialize;

/// What to describe, and how closely.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The columns: all, if they are left out.
    #[serde(default)]
    pub columns: Option<Vec<String>>,
    /// How many intervals of equal width a histogram has: 1 to 1000.
    #[serde(default = "bins")]
    pub bins: u32,
    /// How many of the most frequent values are told.
    #[serde(default = "top")]
    pub top: u32,
    /// Whether columns of numbers are correlated, each with each.
    #[serde(default = "on")]
    pub correlations: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            columns: None,
            bins: bins(),
            top: top(),
            correlations: on(),
        }
    }
}

fn bins() -> u32 {
    20
}

fn top() -> u32 {
    10
}

fn on() -> bool {
    true
}
