//! The parameters, as they stand in a pipeline. Their documentation is the user's
//! reference: it becomes the JSON Schema of the plugin.

use std::collections::BTreeMap;

use mlhost_plugin::Severity;
use schemars::JsonSchema;
use serde::Deserialize;

pub use crate::column_params::*;
pub use crate::forms::{Demand, End, Range, RowDemand, RowSwitch, TableDemand, TableSwitch};
use crate::forms::{of_statistic, of_values, plain_or_table};
pub use crate::types::Type;

/// What is expected of a table.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// What is expected of each column, by its name. A column that is named here has
    /// to be there, unless it is not `required`.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnChecks>,
    /// How many rows there have to be.
    #[serde(default)]
    pub row_count: Option<RowCount>,
    /// Whether `columns` has to name every column there is: `true`, or a table with
    /// a `severity`.
    #[serde(default)]
    pub no_extra_columns: Option<TableSwitch>,
    /// The columns in the order in which they have to stand, with no others between them:
    /// a list, or `{ columns = [...], severity = "warn" }`.
    #[serde(default)]
    pub column_order: Option<ColumnOrder>,
    /// Columns of which no two rows have the same values.
    #[serde(default)]
    pub unique_together: Vec<UniqueTogether>,
    /// Pairs of columns of which one has to be greater than the other.
    #[serde(default)]
    pub greater_than: Vec<GreaterThan>,
    /// Ranges of the correlation of two columns.
    #[serde(default)]
    pub correlation: Vec<CorrelationBetween>,
    /// Expressions that have to be true of each row: texts such as
    /// `"arr_delay - dep_delay < 300 or carrier = 'HA'"`, or tables with `is_true` and options.
    #[serde(default)]
    pub expression: Vec<RowExpression>,
}

/// A range of numbers of rows; at least one end is given.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
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
    /// Only rows of which this expression is true are counted.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
}

/// An order of columns with options.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderDemand {
    /// The columns in their order.
    pub columns: Vec<String>,
    /// How bad another order is.
    #[serde(default)]
    pub severity: Severity,
}

plain_or_table!(
    /// An order of columns.
    ColumnOrder: Vec<String> | OrderDemand,
    "expected a list of columns, or a table with `columns` and `severity`"
);

of_values!(
    /// Columns whose values together are unique. Rows in which all of them are null are left out;
    /// otherwise two nulls are the same.
    UniqueTogether {
        /// The columns: at least two.
        columns: Vec<String>,
    }
);

of_values!(
    /// Two columns, the values of the first of which are greater in the same row. Rows in which
    /// either is null are left out.
    GreaterThan {
        /// The column with the greater values: numbers, dates or times.
        column: String,
        /// The column with the smaller values.
        than: String,
        /// Whether they may be equal.
        #[serde(default)]
        or_equal: bool,
    }
);

of_statistic!(
    /// A range of Pearson's correlation coefficient of two columns, of the rows in which both have
    /// a value.
    CorrelationBetween {
        /// The two columns.
        columns: [String; 2],
    }
);

of_values!(
    /// An expression that has to be true, with options.
    ExpressionDemand {
        /// The expression. Rows for which it is null, because something in it is, are left out.
        is_true: String,
    }
);

plain_or_table!(
    /// An expression that has to be true of each row.
    RowExpression: String | ExpressionDemand,
    "expected an expression, or a table with `is_true`, `mostly`, `severity` and `where`"
);
