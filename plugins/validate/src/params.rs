//! The parameters, as they stand in a pipeline. Their documentation is the user's
//! reference: it becomes the JSON Schema of the plugin.

use std::collections::BTreeMap;

use mlhost_plugin::Severity;
use schemars::JsonSchema;
use serde::Deserialize;

pub use crate::types::Type;

/// What is expected of a table.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// What is expected of each column, by its name. A column that is named here has
    /// to be there.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnChecks>,
    /// How many rows there have to be.
    #[serde(default)]
    pub row_count: Option<RowCount>,
    /// Whether `columns` has to name every column there is: `true`, or a table with
    /// a `severity`.
    #[serde(default)]
    pub no_extra_columns: Option<TableSwitch>,
}

/// What is expected of a column.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnChecks {
    /// The type: `"number"`, or `{ is = "number", severity = "warn" }`.
    #[serde(default, rename = "type")]
    pub of_type: Option<OfType>,
    /// No value is null or NaN: `true`, or `{ mostly = 0.94 }` where at least 94 % of
    /// the values have to be there.
    #[serde(default)]
    pub not_null: Option<RowSwitch>,
    /// The range of the values.
    #[serde(default)]
    pub between: Option<Between>,
    /// The values that may occur: a list, or `{ values = [...], mostly = 0.99 }`.
    #[serde(default)]
    pub in_set: Option<InSet>,
    /// No value occurs twice: `true`, or `{ mostly = 0.99 }`. Every row of a value
    /// that occurs more than once is unexpected. Texts (and values of more than 64
    /// bits) are compared by a 64-bit hash, so that no duplicate is overlooked, and
    /// among n different texts the odds that two are taken for equal are
    /// n²/2⁶⁵: one in 37 million for a million texts.
    #[serde(default)]
    pub unique: Option<RowSwitch>,
}

/// A check of the type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "expected a type (`number`, `integer`, `float`, `string`, `boolean`, `date` or \
                 `timestamp`), or a table with `is` and `severity`"
)]
pub enum OfType {
    /// The type.
    Plain(Type),
    /// The type with options.
    Table(TypeDemand),
}

/// A type with options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TypeDemand {
    /// The type.
    pub is: Type,
    /// How bad another type is.
    #[serde(default)]
    pub severity: Severity,
}

/// A check that is switched on for the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "expected a boolean, or a table with `mostly` and `severity`"
)]
pub enum RowSwitch {
    /// On or off.
    Plain(bool),
    /// On, with options.
    Table(Demand),
}

/// What a check of values asks for.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// The share of the values, from 0 to 1, that has to be as expected.
    #[serde(default = "all")]
    pub mostly: f64,
    /// How bad it is when fewer are.
    #[serde(default)]
    pub severity: Severity,
}

/// A check that is switched on for the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a boolean, or a table with `severity`")]
pub enum TableSwitch {
    /// On or off.
    Plain(bool),
    /// On, with options.
    Table(TableDemand),
}

/// What a check of the table asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableDemand {
    /// How bad it is when it is not so.
    #[serde(default)]
    pub severity: Severity,
}

/// A range of numbers; at least one end is given. Booleans are 0 and 1; dates, times
/// and timestamps are in their own unit (days, seconds, microseconds, ...).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The smallest number that is in it.
    #[serde(default)]
    pub min: Option<f64>,
    /// The largest number that is in it.
    #[serde(default)]
    pub max: Option<f64>,
    /// The share of the values, from 0 to 1, that has to be in it.
    #[serde(default = "all")]
    pub mostly: f64,
    /// How bad it is when fewer are.
    #[serde(default)]
    pub severity: Severity,
}

/// A set of values.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "expected a list of strings, numbers or booleans, or a table with `values`, \
                 `mostly` and `severity`"
)]
pub enum InSet {
    /// The values.
    Plain(Members),
    /// The values with options.
    Table(SetDemand),
}

/// A set of values with options.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetDemand {
    /// The values.
    pub values: Members,
    /// The share of the values of the column, from 0 to 1, that has to be in it.
    #[serde(default = "all")]
    pub mostly: f64,
    /// How bad it is when fewer are.
    #[serde(default)]
    pub severity: Severity,
}

/// The values of a set.
pub type Members = Vec<Member>;

/// A value that may occur. It equals values of its own kind only: a number no text.
/// Numbers are compared as 64-bit floating-point numbers.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Member {
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// A range of numbers of rows; at least one end is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowCount {
    /// The fewest rows that will do.
    #[serde(default)]
    pub min: Option<u64>,
    /// The most rows that will do.
    #[serde(default)]
    pub max: Option<u64>,
    /// How bad another number is.
    #[serde(default)]
    pub severity: Severity,
}

fn all() -> f64 {
    1.0
}
