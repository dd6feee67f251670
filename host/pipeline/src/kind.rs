//! The five kinds of plugin. A plugin says of which kind it is; the kind decides what a step may
//! take as input and what it leaves behind.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// What a plugin does in a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Checks whether rows are what was expected.
    Validator,
    /// Learns a transformation of a table, and applies it.
    Preprocessor,
    /// Learns a model, and predicts.
    Trainer,
    /// Compares two tables and says which columns have moved.
    DriftDetector,
    /// Scores one model or compares several.
    Evaluator,
}

impl Kind {
    /// Every kind, in the order of a usual pipeline.
    pub const ALL: [Self; 5] = [
        Self::Validator,
        Self::Preprocessor,
        Self::Trainer,
        Self::DriftDetector,
        Self::Evaluator,
    ];

    /// The names of [`Kind::ALL`], in the same order.
    pub const NAMES: [&str; 5] = [
        "validator",
        "preprocessor",
        "trainer",
        "drift-detector",
        "evaluator",
    ];

    /// The name used in contracts, files and JSON.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Whether its report holds metrics, so that a step can have gates.
    pub fn reports_metrics(self) -> bool {
        matches!(
            self,
            Self::Validator | Self::DriftDetector | Self::Evaluator
        )
    }

    /// Whether other steps can use it as a table.
    pub fn yields_data(self) -> bool {
        matches!(self, Self::Validator | Self::Preprocessor | Self::Trainer)
    }

    /// With its article, for messages: `a drift detector`.
    pub fn described(self) -> &'static str {
        match self {
            Self::Validator => "a validator",
            Self::Preprocessor => "a preprocessor",
            Self::Trainer => "a trainer",
            Self::DriftDetector => "a drift detector",
            Self::Evaluator => "an evaluator",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| Error::UnknownKind {
                text: text.to_owned(),
            })
    }
}
