//! The checks of one column, as they stand in a pipeline.

use mlhost_plugin::Severity;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::forms::{End, RowSwitch, TableSwitch, of_statistic, of_values, plain_or_table};
use crate::tally::Value;
use crate::types::Type;

/// What is expected of a column.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnChecks {
    /// Whether the column has to be there: `true`, as when it is left out, `false`, or
    /// `{ severity = "warn" }`. What else is asked of a column that is not there is skipped.
    #[serde(default)]
    pub required: Option<TableSwitch>,
    /// The type: `"number"`, or `{ is = "number", severity = "warn" }`.
    #[serde(default, rename = "type")]
    pub of_type: Option<OfType>,
    /// No value is null or NaN: `true`, or `{ mostly = 0.94 }` where at least 94 % of
    /// the values have to be there.
    #[serde(default)]
    pub not_null: Option<RowSwitch>,
    /// The range of the values: numbers, or dates and times: `{ min = 2024-01-01 }`.
    #[serde(default)]
    pub between: Option<Between>,
    /// The values that may occur: a list, or `{ values = [...], mostly = 0.99 }`.
    #[serde(default)]
    pub in_set: Option<InSet>,
    /// The values that may not occur: a list, or a table with `values`.
    #[serde(default)]
    pub not_in_set: Option<InSet>,
    /// No value occurs twice: `true`, or `{ mostly = 0.99 }`. Every row of a value
    /// that occurs more than once is unexpected. Texts (and values of more than 64
    /// bits) are compared by a 64-bit hash, so that no duplicate is overlooked, and
    /// among n different texts the odds that two are taken for equal are
    /// n²/2⁶⁵: one in 37 million for a million texts.
    #[serde(default)]
    pub unique: Option<RowSwitch>,
    /// A regular expression that is found in each text: `"^N[0-9]+"`, or
    /// `{ pattern = "…", mostly = 0.99 }`. `^` and `$` tie it to the ends.
    #[serde(default)]
    pub regex: Option<Matches>,
    /// The range of the number of characters of a text.
    #[serde(default)]
    pub length_between: Option<LengthBetween>,
    /// The range of the arithmetic mean.
    #[serde(default)]
    pub mean_between: Option<StatisticBetween>,
    /// The range of the median.
    #[serde(default)]
    pub median_between: Option<StatisticBetween>,
    /// The range of the sample standard deviation, which divides by the count less one.
    #[serde(default)]
    pub stdev_between: Option<StatisticBetween>,
    /// The range of the sum.
    #[serde(default)]
    pub sum_between: Option<StatisticBetween>,
    /// The range of the smallest value.
    #[serde(default)]
    pub min_between: Option<StatisticBetween>,
    /// The range of the largest value.
    #[serde(default)]
    pub max_between: Option<StatisticBetween>,
    /// The range of a quantile, or a list of several: `{ q = 0.95, max = 120 }`.
    #[serde(default)]
    pub quantile_between: Option<Quantiles>,
    /// The range of the number of different values.
    #[serde(default)]
    pub distinct_count: Option<StatisticBetween>,
    /// The range of the number of different values as a share of all values.
    #[serde(default)]
    pub proportion_unique: Option<StatisticBetween>,
    /// The values go one way, from row to row: `"increasing"`, `"decreasing"`, or
    /// `{ is = "increasing", strictly = true }`. A value that does not is unexpected.
    #[serde(default)]
    pub monotonic: Option<Monotonic>,
    /// How old the newest date or time may be.
    #[serde(default)]
    pub freshness: Option<Freshness>,
    /// Every value occurs in a column of the input `reference`: its name, or a table with
    /// `column`. The step then takes `input = { data = "…", reference = "…" }`.
    #[serde(default)]
    pub in_reference: Option<InReference>,
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

plain_or_table!(
    /// A check of the type of a column.
    OfType: Type | TypeDemand,
    "expected a type (`number`, `integer`, `float`, `string`, `boolean`, `date` or `timestamp`), or a table with `is` and `severity`"
);

impl OfType {
    /// The type, and how bad another one is.
    pub(crate) fn parts(&self) -> (Type, Severity) {
        match self {
            Self::Plain(is) => (*is, Severity::Error),
            Self::Table(TypeDemand { is, severity }) => (*is, *severity),
        }
    }
}

of_values!(
    /// A range of numbers, or of dates and times; at least one end is given. Booleans are 0 and 1;
    /// times of day are in their own unit.
    Between {
        /// The smallest value that is in it.
        #[serde(default)]
        min: Option<End>,
        /// The largest value that is in it.
        #[serde(default)]
        max: Option<End>,
    }
);

/// The values of a set.
pub type Members = Vec<Member>;

/// A value that may occur. It equals values of its own kind only: a number no text. Numbers are
/// compared as 64-bit floating-point numbers; dates and times are texts, or dates and times of TOML.
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

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = match self {
            Self::Boolean(boolean) => Value::Boolean(*boolean),
            Self::Number(number) => Value::Number(*number),
            Self::Text(text) => Value::text(text),
        };
        value.fmt(f)
    }
}

of_values!(
    /// A set of values with options.
    SetDemand {
        /// The values.
        values: Members,
    }
);

plain_or_table!(
    /// A set of values.
    InSet: Members | SetDemand,
    "expected a list of strings, numbers or booleans, or a table with `values`, `mostly`, `severity` and `where`"
);

of_values!(
    /// A regular expression with options.
    MatchDemand {
        /// The regular expression, in the syntax of the Rust crate `regex-lite`: Perl's, without
        /// look-around and back references.
        pattern: String,
    }
);

plain_or_table!(
    /// A regular expression.
    Matches: String | MatchDemand,
    "expected a regular expression, or a table with `pattern`, `mostly`, `severity` and `where`"
);

of_values!(
    /// A range of numbers of characters; at least one end is given.
    LengthBetween {
        /// The fewest characters.
        #[serde(default)]
        min: Option<u32>,
        /// The most characters.
        #[serde(default)]
        max: Option<u32>,
    }
);

of_statistic!(
    /// A range of a statistic of a column; at least one end is given. Nulls are left out, and a
    /// column without values has no statistic and does not pass.
    StatisticBetween {}
);

of_statistic!(
    /// A range of a quantile.
    QuantileBetween {
        /// Which: 0.5 is the median. Between two values the quantile is interpolated linearly, as
        /// numpy's `quantile` does.
        q: f64,
    }
);

plain_or_table!(
    /// One quantile or several.
    Quantiles: QuantileBetween | Vec<QuantileBetween>,
    "expected a table with `q`, `min`, `max`, `severity` and `where`, or a list of them"
);

impl Quantiles {
    pub(crate) fn all(&self) -> &[QuantileBetween] {
        match self {
            Self::Plain(one) => std::slice::from_ref(one),
            Self::Table(several) => several,
        }
    }
}

/// A way that values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Each is at least as large as the one before.
    Increasing,
    /// Each is at most as large as the one before.
    Decreasing,
}

of_values!(
    /// A way that values go, with options.
    MonotonicDemand {
        /// The way.
        is: Direction,
        /// Whether no value may be equal to the one before.
        #[serde(default)]
        strictly: bool,
    }
);

plain_or_table!(
    /// A way that values go.
    Monotonic: Direction | MonotonicDemand,
    "expected `increasing` or `decreasing`, or a table with `is`, `strictly`, `mostly`, `severity` and `where`"
);

/// How old the newest date or time of a column may be on a given day: the clock is never asked.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freshness {
    /// The date or time from which it is counted: `"2013-07-01"`, `"2013-07-01T06:00:00Z"`. Without
    /// an offset it is in UTC.
    pub at: String,
    /// How much older the newest value may be: `"36h"`, `"2d"`, `"1w"`.
    pub within: String,
    /// How bad it is when it is older.
    #[serde(default)]
    pub severity: Severity,
    /// Only rows of which this expression is true are looked at.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
}

of_values!(
    /// A column of the input `reference`, with options.
    ReferenceDemand {
        /// The column of the reference in which the values have to occur. A number occurs there if
        /// there is an equal one, whatever the types of both columns; texts are compared by a
        /// 64-bit hash.
        column: String,
    }
);

plain_or_table!(
    /// A column of the input `reference`.
    InReference: String | ReferenceDemand,
    "expected a column of the input `reference`, or a table with `column`, `mostly`, `severity` and `where`"
);
