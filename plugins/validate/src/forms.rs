//! How the parameters of one check may be written: plainly, or as a table with options. All checks
//! of values have the same options, and so have all checks of a table.

use std::fmt;

use mlhost_plugin::Severity;
use mlhost_statistics::DateUnit;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::words::readable;

/// What is asked of a check, whichever way it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// The share of the values, from 0 to 1, that has to be as expected.
    pub mostly: f64,
    /// How bad it is when it is not so.
    pub severity: Severity,
    /// Only rows of which this expression is true are looked at.
    pub condition: Option<String>,
}

impl Default for Demand {
    fn default() -> Self {
        Self {
            mostly: 1.0,
            severity: Severity::Error,
            condition: None,
        }
    }
}

pub(crate) fn all() -> f64 {
    1.0
}

/// A table of parameters of a check that looks at each value: with `mostly`, `severity`, `where`.
macro_rules! of_values {
    ($(#[$docs:meta])* $name:ident { $($(#[$field_docs:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_docs])* pub $field: $type,)*
            /// The share of the values, from 0 to 1, that has to be as expected.
            #[serde(default = "crate::forms::all")]
            pub mostly: f64,
            /// How bad it is when fewer are.
            #[serde(default)]
            pub severity: mlhost_plugin::Severity,
            /// Only rows of which this expression is true are looked at.
            #[serde(default, rename = "where")]
            pub condition: Option<String>,
        }

        impl $name {
            pub(crate) fn demand(&self) -> crate::forms::Demand {
                crate::forms::Demand {
                    mostly: self.mostly,
                    severity: self.severity,
                    condition: self.condition.clone(),
                }
            }
        }
    };
}

/// A table of parameters of a check of a statistic: with `min`, `max`, `severity`, `where`.
macro_rules! of_statistic {
    ($(#[$docs:meta])* $name:ident { $($(#[$field_docs:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_docs])* pub $field: $type,)*
            /// The smallest value that will do.
            #[serde(default)]
            pub min: Option<crate::forms::End>,
            /// The largest value that will do.
            #[serde(default)]
            pub max: Option<crate::forms::End>,
            /// How bad another number is.
            #[serde(default)]
            pub severity: mlhost_plugin::Severity,
            /// Only rows of which this expression is true are looked at.
            #[serde(default, rename = "where")]
            pub condition: Option<String>,
        }

        impl $name {
            pub(crate) fn range(&self) -> crate::forms::Range<crate::forms::End> {
                crate::forms::Range { min: self.min.clone(), max: self.max.clone() }
            }

            pub(crate) fn demand(&self) -> crate::forms::Demand {
                crate::forms::Demand {
                    mostly: 1.0,
                    severity: self.severity,
                    condition: self.condition.clone(),
                }
            }
        }
    };
}

/// A check that is written plainly, by one value, or as a table with options.
macro_rules! plain_or_table {
    ($(#[$docs:meta])* $name:ident: $plain:ty | $table:ty, $expecting:literal) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
        #[serde(untagged, expecting = $expecting)]
        pub enum $name {
            /// Without options.
            Plain($plain),
            /// With options.
            Table($table),
        }
    };
}

pub(crate) use {of_statistic, of_values, plain_or_table};

/// An end of a range: a number, or of dates and times a text by ISO 8601, which is in UTC where no
/// offset is written.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "expected a number, or a date or time such as `2024-01-01`"
)]
pub enum End {
    /// Of a column of numbers.
    Number(f64),
    /// Of a column of dates or times.
    Time(String),
}

impl End {
    /// As numbers of a column, whose unit this is if it holds dates or times; `None` where the end
    /// is not for such a column.
    pub(crate) fn number(&self, unit: Option<DateUnit>) -> Option<f64> {
        match (self, unit) {
            (Self::Number(number), None) => Some(*number),
            (Self::Time(text), Some(unit)) => unit.number(text).ok(),
            _ => None,
        }
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Number(number) => crate::tally::Value::Number(*number).to_json(),
            Self::Time(text) => serde_json::json!(text),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => f.write_str(&readable(*number)),
            Self::Time(text) => f.write_str(text),
        }
    }
}

/// A range of numbers, or as it stands in the parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range<T = f64> {
    /// The smallest that is in it.
    pub min: Option<T>,
    /// The largest that is in it.
    pub max: Option<T>,
}

impl Range<End> {
    /// As numbers of a column, whose unit this is if it holds dates or times.
    ///
    /// # Errors
    /// The name of an end that is not for such a column, and the end.
    pub(crate) fn numbers<'a>(
        &'a self,
        unit: Option<DateUnit>,
    ) -> Result<Range, (&'static str, &'a End)> {
        let number = |name: &'static str, end: &'a Option<End>| {
            let numbers = end.as_ref().map(|end| end.number(unit).ok_or((name, end)));
            numbers.transpose()
        };
        Ok(Range {
            min: number("min", &self.min)?,
            max: number("max", &self.max)?,
        })
    }
}

impl Range {
    /// Whether a number is in it.
    pub(crate) fn contains(self, number: f64) -> bool {
        self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max)
    }
}

/// What a check of the table asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableDemand {
    /// How bad it is when it is not so.
    #[serde(default)]
    pub severity: Severity,
}

plain_or_table!(
    /// A check that is switched on for the table.
    TableSwitch: bool | TableDemand,
    "expected a boolean, or a table with `severity`"
);

impl TableSwitch {
    /// How bad it is when it is not so, where the check is on.
    pub(crate) fn severity(&self) -> Option<Severity> {
        match self {
            Self::Plain(on) => on.then_some(Severity::Error),
            Self::Table(demand) => Some(demand.severity),
        }
    }
}

of_values!(
    /// What a check of values asks for.
    RowDemand {}
);

plain_or_table!(
    /// A check that is switched on for the values of a column.
    RowSwitch: bool | RowDemand,
    "expected a boolean, or a table with `mostly`, `severity` and `where`"
);

impl RowSwitch {
    /// What is asked for, where the check is on.
    pub(crate) fn demand(&self) -> Option<Demand> {
        match self {
            Self::Plain(on) => on.then(Demand::default),
            Self::Table(demand) => Some(demand.demand()),
        }
    }
}
