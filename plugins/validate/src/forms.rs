//! How the parameters of one check may be written: plainly, or as a table with options. All checks
//! of values have the same options, and so have all checks of a table.

use mlhost_plugin::Severity;
use schemars::JsonSchema;
use serde::Deserialize;

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
            /// The smallest number that will do.
            #[serde(default)]
            pub min: Option<f64>,
            /// The largest number that will do.
            #[serde(default)]
            pub max: Option<f64>,
            /// How bad another number is.
            #[serde(default)]
            pub severity: mlhost_plugin::Severity,
            /// Only rows of which this expression is true are looked at.
            #[serde(default, rename = "where")]
            pub condition: Option<String>,
        }

        impl $name {
            pub(crate) fn range(&self) -> crate::forms::Range {
                crate::forms::Range { min: self.min, max: self.max }
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

/// A range of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// The smallest number that is in it.
    pub min: Option<f64>,
    /// The largest number that is in it.
    pub max: Option<f64>,
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
