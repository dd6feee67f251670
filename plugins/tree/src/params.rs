//! The parameters, as the pipeline's author writes them, and what they come to for an
//! input.

use arrow_schema::{DataType, Schema};
use mlhost_plugin::{Error, Result, column_index, named_columns};
use mlhost_statistics::column::{is_numeric, is_textual, type_name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::grow::Limits;

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// A number.
    Regression,
    /// One of a few classes.
    Classification,
}

/// What makes a split good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Regression: the mean squared error falls.
    SquaredError,
    /// Classification: the Gini impurity falls.
    Gini,
    /// Classification: the entropy of the classes falls.
    Entropy,
}

/// What to learn, from what, and when to stop.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The column to be predicted. Rows in which it is null or NaN are left out.
    #[schemars(extend("x-mlhost-role" = "target"))]
    pub target: String,
    /// What is predicted. By default a target of numbers makes a regression, one of
    /// texts or booleans a classification; classes that are integers need
    /// `task = "classification"`.
    #[serde(default)]
    pub task: Option<Task>,
    /// The columns to learn from: numbers, booleans, dates or times without nulls. By
    /// default every column of numbers or booleans but the target.
    #[serde(default)]
    #[schemars(extend("x-mlhost-role" = "column"))]
    pub features: Option<Vec<String>>,
    /// The most splits between the root and a leaf. By default any number.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub max_depth: Option<u32>,
    /// A node of fewer rows is not split.
    #[serde(default = "two")]
    #[schemars(range(min = 2))]
    pub min_samples_split: u32,
    /// No leaf has fewer rows.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub min_samples_leaf: u32,
    /// What makes a split good. By default `squared_error` for a regression and
    /// `gini` for a classification.
    #[serde(default)]
    pub criterion: Option<Measure>,
    /// A split has to lower the impurity by at least this much, weighted by its
    /// node's share of all rows.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub min_impurity_decrease: f64,
}

fn one() -> u32 {
    1
}

fn two() -> u32 {
    2
}

/// Parameters that fit an input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) target: String,
    pub(crate) features: Vec<String>,
    pub(crate) measure: Measure,
    /// Whether classes are whole numbers, and ordered as such.
    pub(crate) whole_classes: bool,
    pub(crate) limits: Limits,
}

impl Params {
    /// Checks the parameters against the input.
    ///
    /// # Errors
    /// Invalid parameters.
    pub(crate) fn plan(&self, input: &Schema) -> Result<Plan> {
        let target = input
            .field(column_index(input, &self.target, "/target")?)
            .data_type();
        Ok(Plan {
            measure: self.measure(self.task(target)?)?,
            limits: self.limits()?,
            features: self.features(input)?,
            target: self.target.clone(),
            whole_classes: target.is_integer(),
        })
    }

    fn task(&self, target: &DataType) -> Result<Task> {
        let name = &self.target;
        match self.task {
            Some(Task::Regression) if !is_numeric(target) => Err(Error::params(
                "/task",
                format!(
                    "a regression needs a target of numbers, and `{name}` holds `{}`",
                    type_name(target)
                ),
            )),
            Some(Task::Classification) if !is_textual(target) => Err(Error::params(
                "/task",
                format!(
                    "a classification needs a target of texts, booleans or integers, and \
                     `{name}` holds `{}`",
                    type_name(target)
                ),
            )),
            Some(task) => Ok(task),
            None if *target != DataType::Boolean && is_numeric(target) => Ok(Task::Regression),
            None if is_textual(target) => Ok(Task::Classification),
            None => Err(Error::params(
                "/target",
                format!("`{name}` is {target}, which is neither a number nor a class"),
            )),
        }
    }

    fn measure(&self, task: Task) -> Result<Measure> {
        match (task, self.criterion) {
            (Task::Regression, None) => Ok(Measure::SquaredError),
            (Task::Classification, None) => Ok(Measure::Gini),
            (Task::Regression, Some(Measure::Gini | Measure::Entropy)) => Err(Error::params(
                "/criterion",
                "`gini` and `entropy` are for classifications; a regression has `squared_error`",
            )),
            (Task::Classification, Some(Measure::SquaredError)) => Err(Error::params(
                "/criterion",
                "`squared_error` is for regressions; a classification has `gini` and `entropy`",
            )),
            (_, Some(measure)) => Ok(measure),
        }
    }

    fn features(&self, input: &Schema) -> Result<Vec<String>> {
        let Some(names) = &self.features else {
            let features = input
                .fields()
                .iter()
                .filter(|field| *field.name() != self.target && is_plain_number(field.data_type()));
            let names: Vec<String> = features.map(|field| field.name().clone()).collect();
            return if names.is_empty() {
                Err(Error::params(
                    "",
                    "the input has no column of numbers to learn from",
                ))
            } else {
                Ok(names)
            };
        };
        if names.is_empty() {
            return Err(Error::params(
                "/features",
                "there is no feature to learn from",
            ));
        }
        for (place, index) in named_columns(input, names, "/features")?
            .into_iter()
            .enumerate()
        {
            let (field, at) = (input.field(index), format!("/features/{place}"));
            let name = field.name();
            if *name == self.target {
                return Err(Error::params(at, format!("`{name}` is the target")));
            }
            if !is_numeric(field.data_type()) {
                let found = type_name(field.data_type());
                return Err(Error::params(
                    at,
                    format!(
                        "a feature has to be a column of numbers, and `{name}` holds `{found}`; encode it first"
                    ),
                ));
            }
        }
        Ok(names.clone())
    }

    fn limits(&self) -> Result<Limits> {
        let least = |at: &str, found: u32, least: u32| {
            if found < least {
                return Err(Error::params(
                    at,
                    format!("has to be {least} or more, and is {found}"),
                ));
            }
            Ok(found as usize)
        };
        let decrease = self.min_impurity_decrease;
        if decrease.is_nan() || decrease < 0.0 {
            let message = format!("has to be 0 or more, and is {decrease}");
            return Err(Error::params("/min_impurity_decrease", message));
        }
        Ok(Limits {
            max_depth: self
                .max_depth
                .map(|depth| least("/max_depth", depth, 1))
                .transpose()?,
            min_samples_split: least("/min_samples_split", self.min_samples_split, 2)?,
            min_samples_leaf: least("/min_samples_leaf", self.min_samples_leaf, 1)?,
            min_impurity_decrease: decrease,
        })
    }
}

/// Dates and times are numbers too, but seldom what one would learn from unasked.
fn is_plain_number(data_type: &DataType) -> bool {
    data_type.is_integer()
        || data_type.is_floating()
        || matches!(data_type, DataType::Boolean | DataType::Decimal128(_, _))
}
