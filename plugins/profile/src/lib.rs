//! The standard package `mlhost:profile`: what every column of a table holds, in one pass.
//!
//! ```toml
//! [steps.profile]
//! plugin = "mlhost:profile@0.1.0"
//! input = "train"
//! with = { bins = 20, top = 10 }     # all columns, unless `columns` names some
//! ```
//!
//! It is a validator that always passes: a finding for each column says what there is, with its
//! type, nulls, different values, range, moments, quantiles, histogram and most frequent values as
//! details; two figures show the columns and their correlations. `host profile DATA` runs it on a
//! file. What is kept is bounded, whatever the number of rows.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, Float64Array, RecordBatch};
//! use mlhost_plugin::{Validator, testing};
//! use mlhost_profile::{Params, Profile, Profiler};
//!
//! let temp: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(4.0)]));
//! let rows = [RecordBatch::try_from_iter([("temp", temp)])?];
//! let seen = testing::fold::<Profiler>(Params::default(), &rows)?;
//! let outcome = Profile::assess(Params::default(), seen)?;
//! assert_eq!(outcome.summary, "3 rows of 1 column");
//! assert_eq!(
//!     outcome.findings[0].message,
//!     "float; 1 null (33.33 %), 2 different values, from 1 to 4 with a mean of 2.5"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! May use the small Arrow crates only, as every plugin.

mod column;
mod correlations;
mod describe;
mod fold;
mod frequent;
mod params;
mod report;

use mlhost_plugin::{Outcome, Plugin, Result, Validator, export};

pub use fold::{Profiled, Profiler};
pub use frequent::KEPT;
pub use params::Params;

/// The plugin.
pub struct Profile;

impl Plugin for Profile {
    const NAME: &str = "profile";
    const SUMMARY: &str = "Describes every column of a table: type, nulls, different values, range, \
                           mean, quantiles, histogram, most frequent values, and the correlations \
                           of columns of numbers.";
    type Params = Params;
}

impl Validator for Profile {
    type Fold = Profiler;

    fn assess(params: Params, profiled: Profiled) -> Result<Outcome> {
        Ok(report::report(&params, &profiled))
    }
}

export!(Profile as validator);
