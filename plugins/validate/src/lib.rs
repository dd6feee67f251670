//! The standard package `mlhost:validate`: checks that the rows of a table are what
//! a pipeline expects.
//!
//! ```toml
//! [steps.validate.with]
//! columns.dep_delay = { type = "number", not_null = { mostly = 0.94 }, between = { min = -60, max = 1500 } }
//! columns.origin = { type = "string", not_null = true, in_set = ["EWR", "JFK", "LGA"] }
//! columns.id = { unique = { severity = "warn" } }
//! columns.comment = {}                 # has to be there, no more
//! columns.tail = { regex = "^N[0-9]", in_reference = "tailnum", distinct_count = { max = 5000 } }
//! columns.arr_delay = { mean_between = { max = 20, where = "carrier = 'UA'", severity = "warn" } }
//! expression = ["arr_delay - dep_delay < 300 or carrier = 'HA'"]
//! row_count = { min = 1000 }
//! no_extra_columns = true
//! ```
//!
//! Every named column has to be there: `column_exists` is checked first, and what
//! else was asked of a missing column is skipped. A check of values passes when a
//! share of them, at least `mostly` (1 when left out), is as expected; a check that
//! fails fails the step, unless its `severity` is `warn`. Names and definitions
//! follow Great Expectations: nulls, and NaN among them, are looked at by
//! `not_null` only, and a column without values has nothing unexpected.
//!
//! All checks are made in one pass, and in parts that are merged: `asked` lists the checks that
//! the parameters ask for, `plan` ties them to the columns of an input as observations that they
//! share, `observe` looks at batches, and `assess` makes findings of what was seen. README.md says
//! which statistics are exact, and CHECKS.md what each check says.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, Int64Array, RecordBatch};
//! use mlhost_plugin::{Validator, testing};
//! use mlhost_validate::{Observe, Params, Validate};
//!
//! let params: Params = serde_json::from_str(
//!     r#"{"columns": {"hour": {"not_null": true, "between": {"min": 0, "max": 23}}}}"#,
//! )?;
//! let hour: ArrayRef = Arc::new(Int64Array::from(vec![7, 24, 23]));
//! let rows = [RecordBatch::try_from_iter([("hour", hour)])?];
//!
//! let observed = testing::fold::<Observe>(params.clone(), &rows)?;
//! let outcome = Validate::assess(params, observed)?;
//! assert_eq!(outcome.summary, "3 checks of 3 rows, 1 failed: between on `hour`");
//! assert_eq!(
//!     outcome.findings[2].message,
//!     "1 of 3 values (33.333 %) is not between 0 and 23, for example 24 in row 1"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! May use the small Arrow crates only, as every plugin.

mod asked;
mod assess;
mod column_params;
mod expression;
mod fold;
mod forms;
mod keys;
mod length_of_time;
mod looks;
mod membership;
mod observe;
mod order;
mod params;
mod plan;
mod refuse;
mod seen;
mod share;
mod statistic;
mod sum;
mod table_findings;
mod tally;
mod texts;
mod types;
mod value_findings;
mod values;
mod words;

use mlhost_plugin::{Outcome, Plugin, Result, Validator, export};

pub use fold::{Observe, Observed};
pub use params::*;
pub use tally::EXAMPLES;

/// The plugin.
pub struct Validate;

impl Plugin for Validate {
    const NAME: &str = "validate";
    const SUMMARY: &str = "Checks the columns of a table: types, nulls, ranges, sets, patterns, \
                           uniqueness, order, statistics, freshness, values of another table, \
                           and expressions over rows. Says how many values are unexpected, with \
                           examples and where they stand.";
    type Params = Params;
}

impl Validator for Validate {
    type Fold = Observe;

    fn assess(params: Params, observed: Observed) -> Result<Outcome> {
        assess::assess(&params, &observed, None)
    }

    fn assess_beside(params: Params, observed: Observed, reference: Observed) -> Result<Outcome> {
        assess::assess(&params, &observed, Some(&reference))
    }
}

export!(Validate as validator);
