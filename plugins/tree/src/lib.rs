//! The standard package `mlhost:tree`: a decision tree that predicts numbers or
//! classes (CART).
//!
//! ```toml
//! [steps.tree.with]
//! target = "arr_delay"             # rows without it are left out
//! max_depth = 12                   # default: no limit
//! min_samples_leaf = 20            # default: 1
//! # task = "classification"        # default: by the type of the target
//! # features = ["dep_delay"]       # default: every other column of numbers or booleans
//! # criterion = "entropy"          # squared_error; gini (default), entropy
//! # min_samples_split = 2
//! # min_impurity_decrease = 0.0
//! ```
//!
//! Adds the column `prediction`: a number, or the text of a class, with the
//! probability of each class in `probability_<class>`. Features must not be null or
//! NaN: impute them first.
//!
//! Of a grown tree it tells `depth`, `leaves` and, for each column, `impurity_importance`.
//!
//! Splits are found exactly, for features of up to 65,536 different values (of more,
//! between 65,535 bins of about equally many rows), and are those of scikit-learn's
//! `DecisionTreeRegressor` and `DecisionTreeClassifier` but for three things:
//!
//! - Of equally good splits the first feature's is taken, and of its thresholds the
//!   lowest, where scikit-learn picks a feature at random.
//! - Features are compared as `f64`, where scikit-learn rounds them to `f32` and takes
//!   values less than 1e-7 apart for equal.
//! - A node of equal targets is a leaf, where scikit-learn makes one of every node
//!   with an impurity of 2.2e-16 or less.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
//! use mlhost_plugin::testing;
//! use mlhost_tree::{Grow, Params, Predict};
//!
//! let params: Params = serde_json::from_str(r#"{"target": "kind"}"#)?;
//! let length: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 2.0, 8.0, 9.0]));
//! let kind: ArrayRef = Arc::new(StringArray::from(vec!["short", "short", "long", "long"]));
//! let rows = [RecordBatch::try_from_iter([("length", length), ("kind", kind)])?];
//!
//! let fitted = testing::fit::<Grow>(params.clone(), &rows)?;
//! assert_eq!(fitted.tree.leaves(), 2);
//! let predicted = testing::transform::<Predict>(params, fitted, &rows)?;
//! assert_eq!(predicted[0].column_by_name("prediction"), rows[0].column_by_name("kind"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! May use the small Arrow crates only, as every plugin.

pub mod bins;
pub mod criterion;
mod explain;
mod features;
mod fit;
pub mod grow;
pub mod model;
mod params;
mod predict;
mod training_rows;

use mlhost_plugin::{ExplainedTrainer, Outcome, Plugin, Result, Trainer, export};

pub use fit::{Fitted, Grow};
pub use params::{Measure, Params, Task};
pub use predict::{PREDICTION, PROBABILITY_PREFIX, Predict};

/// The plugin.
pub struct DecisionTree;

impl Plugin for DecisionTree {
    const NAME: &str = "tree";
    const SUMMARY: &str = "Grows a decision tree that predicts a number or a class from columns \
                           of numbers without nulls, for anyone who wants a strong model without \
                           tuning or scaling.";
    type Params = Params;
}

impl Trainer for DecisionTree {
    type Fit = Grow;
    type Transform = Predict;
}

impl ExplainedTrainer for DecisionTree {
    fn explain(_params: Params, fitted: Fitted) -> Result<Outcome> {
        Ok(explain::explain(&fitted))
    }
}

export!(DecisionTree as explained_trainer);
