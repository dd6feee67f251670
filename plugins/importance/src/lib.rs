//! The standard package `mlhost:importance`: how much a model depends on each of the columns that it
//! reads, by what its score loses when the values of the column are permuted.
//!
//! ```toml
//! [steps.importance]
//! plugin = "mlhost:importance@0.1.0"
//! input = { model = "tree", data = "july" }
//!
//! [steps.importance.with]
//! target = "arr_delay"
//! n_repeats = 5                   # permutations of each column
//! # columns = ["dep_delay"]       # default: all that the model reads
//! # score = "mae"                 # default: r2 or accuracy, by the type of the target
//! # seed = 1                      # default: that of the pipeline
//! ```
//!
//! An evaluator cannot call the model. This one has a parameter with the role `permutations`, by
//! which the host scores the rows again and again: as they are, and with each column permuted. The
//! rows come one below the other, and two more columns tell which of them a row belongs to:
//! [`PERMUTED`], null where the row is as it is, and [`REPEAT`].
//!
//! | metric | label | |
//! |---|---|---|
//! | `score` | | of the rows as they are |
//! | `importance`, `importance_std` | `column` | mean and population standard deviation over the repeats |
//!
//! May use `mlhost-statistics` and the small Arrow crates only.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, Float64Array, StringArray, UInt32Array};
//! use mlhost_importance::{Importance, PERMUTED, Params, Permutations, REPEAT};
//! use mlhost_plugin::{Evaluator, RecordBatch, testing};
//!
//! let params = || testing::params::<Params>(r#"{ "target": "y", "score": "mae" }"#);
//! // A model that predicts `y` from `x`: as it is, and with `x` permuted once.
//! let y: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 2.0, 1.0, 2.0]));
//! let prediction: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 2.0, 2.0, 1.0]));
//! let permuted: ArrayRef = Arc::new(StringArray::from(vec![None, None, Some("x"), Some("x")]));
//! let repeat: ArrayRef = Arc::new(UInt32Array::from(vec![0; 4]));
//! let rows = RecordBatch::try_from_iter_with_nullable([
//!     ("y", y, true),
//!     ("prediction", prediction, true),
//!     (PERMUTED, permuted, true),
//!     (REPEAT, repeat, false),
//! ])?;
//! let state = testing::fold::<Permutations>(params()?, &[rows])?;
//! let outcome = Importance::assess(params()?, vec![("model".to_owned(), state)])?;
//! assert_eq!(outcome.summary, "mae 0.0000 depends most on x (1.0000)");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assess;
mod fold;
mod params;
mod scored;

use mlhost_plugin::{Evaluator, Outcome, Plugin, Result, export};

pub use fold::{Permutations, Scores};
pub use params::{Params, Score};

/// The column that holds the name of the column that is permuted.
pub const PERMUTED: &str = "permuted_column";

/// The column that holds the number of the repeat, from 0.
pub const REPEAT: &str = "permuted_repeat";

/// Tells how much a model depends on each column.
#[derive(Clone, Copy, Debug)]
pub struct Importance;

impl Plugin for Importance {
    const NAME: &str = "importance";
    const SUMMARY: &str = "Tells how much a model depends on each of the columns that it reads: \
        permutation importance, what the score loses when the values of the column are permuted. \
        The definition is scikit-learn's.";
    type Params = Params;
}

impl Evaluator for Importance {
    type Fold = Permutations;

    fn assess(params: Params, models: Vec<(String, Scores)>) -> Result<Outcome> {
        assess::assess(&params, &models)
    }
}

export!(Importance as evaluator);
