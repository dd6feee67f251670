//! Which columns and rows of its files the data of a pipeline has, and how its rows are split.
//!
//! A selection is part of what made a model: it is kept with it as JSON in the form of the
//! pipeline file, with every seed written out, and can be read back.

mod comparison;
mod read;
mod read_comparison;
mod read_split;
mod value;

use serde::{Deserialize, Serialize};

pub use comparison::{Comparison, Operator, Takes};
pub(crate) use read::{KEYS, read, read_columns, read_seed, sides};
pub use value::Value;

/// What of its files a table is made of. Rows are first selected by `where`; of what is left the
/// sample is taken; and the sample is split.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// The columns that exist, in this order; all of them without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// What must hold of a row, all of it. A comparison may be about a column that is not among
    /// `columns`.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<Comparison>,
    /// How many of the rows stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// Which rows are for testing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
}

impl Selection {
    /// Whether it leaves the files as they are.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }
}

/// A random choice of rows, the same whenever and wherever it is made: a row is chosen by a hash
/// of the seed and of its position, which is the number of its part of the table and its number
/// in that part, both counted before `where`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Sample {
    /// About this share of the rows: each for itself.
    Fraction {
        /// Above 0, at most 1.
        fraction: f64,
        /// What the hash starts from.
        seed: u64,
    },
    /// Exactly this many rows, those with the smallest hashes; all of them if there are fewer.
    Rows {
        /// At least 1.
        rows: u64,
        /// What the hash starts from.
        seed: u64,
    },
}

/// How the rows are divided into [sides](Side). Shares are above 0, and together below 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase", deny_unknown_fields)]
pub enum Split {
    /// Each row for itself, by a hash of its position; see [`Sample`].
    Random {
        /// About this share of the rows is for testing.
        test: f64,
        /// About this share is for validation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        validation: Option<f64>,
        /// What the hash starts from.
        seed: u64,
    },
    /// By a hash of values, so that rows with equal values are on one side.
    Hash {
        /// The columns with these values: at least one. A null is a value like others.
        columns: Vec<String>,
        /// About this share of the values is for testing.
        test: f64,
        /// About this share is for validation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        validation: Option<f64>,
        /// What the hash starts from.
        seed: u64,
    },
    /// The latest rows are for testing, those before them for validation.
    Time {
        /// The column that says when; without nulls.
        column: String,
        /// Where the testing begins.
        cut: Cut,
    },
}

/// Where a split by time divides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Cut {
    /// So that this share of all rows is for testing; more if several rows are of one time.
    Share {
        /// The share for testing.
        test: f64,
        /// The share for validation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        validation: Option<f64>,
    },
    /// At this time: what happened then or later is for testing.
    At {
        /// The time.
        at: Value,
    },
}

/// A side of a split, which steps name as `<data>.<side>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// What models are made from.
    Train,
    /// What models are chosen by.
    Validation,
    /// What models are judged by.
    Test,
}

impl Side {
    /// The name, as it stands behind the dot.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl Split {
    /// The share of rows for validation, if there is such a side.
    pub fn validation(&self) -> Option<f64> {
        match self {
            Self::Random { validation, .. } | Self::Hash { validation, .. } => *validation,
            Self::Time { cut, .. } => match cut {
                Cut::Share { validation, .. } => *validation,
                Cut::At { .. } => None,
            },
        }
    }

    /// The sides that there are.
    pub fn sides(&self) -> Vec<Side> {
        let validation = self.validation().map(|_| Side::Validation);
        let sides = [Some(Side::Train), validation, Some(Side::Test)];
        sides.into_iter().flatten().collect()
    }
}
