//! The parameters, as the pipeline's author writes them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bootstrap::Bootstrap;

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// A number.
    Regression,
    /// One of a few classes.
    Classification,
}

/// A class, written as a text, a boolean or a number.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Class {
    /// `"late"`
    Text(String),
    /// `true`
    Boolean(bool),
    /// `1`
    Integer(i64),
    /// `0.5`
    Number(f64),
}

/// As the class reads in a column of texts: `late`, `true`, `1`, `0.5`.
impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
        }
    }
}

/// What to score, and how.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The column that holds the truth. Rows in which it is null are left out.
    #[schemars(extend("x-mlhost-role" = "target"))]
    pub target: String,
    /// The column that holds what the model predicted.
    #[serde(default = "prediction")]
    #[schemars(extend("x-mlhost-role" = "prediction"))]
    pub prediction: String,
    /// What is predicted. By default a target of numbers makes a regression, one of
    /// texts or booleans a classification; classes that are numbers need
    /// `task = "classification"`.
    #[serde(default)]
    pub task: Option<Task>,
    /// Classification: the class that `precision`, `recall` and `f1` are about, and
    /// whose probability ranks the rows for `roc_auc` of two classes. By default the last of two classes in the order of
    /// their texts, such as `true`, `1` or `yes`.
    #[serde(default)]
    pub positive: Option<Class>,
    /// Classification: what the names of the columns that hold a class's
    /// probability begin with; the class follows. Without such columns there is no
    /// `log_loss` and no `roc_auc`.
    #[serde(default = "probability_prefix")]
    #[schemars(extend("x-mlhost-role" = "probability-prefix"))]
    pub probability_prefix: String,
    /// With several models: how sure it is that the first differs from each of the
    /// others, by a paired bootstrap over rows. The state then keeps every row: 16
    /// bytes for one of a regression, some 10 for one of a classification and 8 more
    /// for each class that rows are ranked by. The host sets it where a gate has a
    /// `confidence`.
    #[serde(default)]
    pub bootstrap: Option<Bootstrap>,
}

fn prediction() -> String {
    "prediction".to_owned()
}

fn probability_prefix() -> String {
    "probability_".to_owned()
}
