//! The parameters, as they stand in a pipeline. Their documentation is the user's
//! reference: it becomes the JSON Schema of the plugin.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How to preprocess a table.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The column to be predicted. It is passed through as it is where the input has
    /// it, and rows in which it is null or NaN are not learned from.
    #[serde(default)]
    #[schemars(extend("x-mlhost-role" = "target"))]
    pub target: Option<String>,
    /// What to do with which columns. The output has the columns in this order.
    pub encode: Vec<Rule>,
    /// What happens to the columns that no rule is about.
    #[serde(default)]
    pub others: Others,
    /// The type of every number and code that is made.
    #[serde(default)]
    pub precision: Precision,
}

/// What to do with some columns. Exactly one of `columns` and `type` says which.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The names of the columns.
    #[serde(default)]
    pub columns: Option<Vec<String>>,
    /// Every column of this type that no rule names and no earlier `type` takes,
    /// without the target.
    #[serde(default, rename = "type")]
    pub family: Option<Family>,
    /// What becomes of the values. May be left out where the columns hold numbers,
    /// booleans, dates or times, which are encoded as `number`.
    #[serde(default, rename = "as")]
    pub encoding: Option<Encoding>,
    /// What stands in for nulls (and, among numbers, NaN). Left out, nulls stay
    /// nulls, except that `one_hot` makes zeros of them.
    #[serde(default)]
    pub impute: Option<Impute>,
    /// How to scale numbers, after they are imputed. `none` when left out.
    #[serde(default)]
    pub scale: Option<Scale>,
    /// What becomes of categories that were not there to be learned: for `one_hot`
    /// `"ignore"` (when left out) or `"error"`, for `ordinal` `{ code = -1 }` (when
    /// left out), another code, or `"error"`.
    #[serde(default)]
    pub unknown: Option<Unknown>,
}

/// A type of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Integers, floating-point numbers and decimals.
    Number,
    /// Texts, and dictionaries of texts.
    String,
    /// Booleans.
    Boolean,
}

/// What becomes of the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// A number: booleans are 0 and 1; dates and times count their own unit.
    Number,
    /// A column of zeros and ones for each category, named `column=category`.
    OneHot,
    /// The place of the category among all categories in order, from 0.
    Ordinal,
    /// The column as it is.
    PassThrough,
    /// Nothing.
    Drop,
}

/// What stands in for nulls. Learned from the rows that have a target.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Impute {
    /// The mean of a column of numbers.
    Mean,
    /// The median of a column of numbers.
    Median,
    /// The value that occurs most often; of several that do, the first in order.
    MostFrequent,
    /// This value.
    Constant(Constant),
}

/// A value to impute.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Constant {
    /// `true` and `false`, which among numbers are 1 and 0.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A category.
    Text(String),
}

/// How to scale numbers. A column of one value is only shifted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Not at all.
    #[default]
    None,
    /// To mean 0 and (population) standard deviation 1.
    Standard,
    /// To the range from 0 to 1.
    MinMax,
}

/// What becomes of a category that was not there to be learned.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// Zeros in every column of the encoding.
    Ignore,
    /// The step fails.
    Error,
    /// This code.
    Code(f64),
}

/// What happens to the columns that no rule is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    /// They are left out.
    #[default]
    Drop,
    /// They follow the encoded columns as they are, and must be there in serving too.
    PassThrough,
}

/// The type of the numbers that are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// 32 bits: what trees and linear models train on.
    #[default]
    Float32,
    /// 64 bits.
    Float64,
}
