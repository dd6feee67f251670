//! The standard package `mlhost:preprocess`: imputes, scales and encodes the
//! columns of a table, so that a model can learn from them.
//!
//! Parameters are rules, each for some columns. What the rules need (means,
//! medians, categories) is learned in one pass that any number of instances can
//! share; applying them is row-wise, and the same in training and in serving.
//!
//! ```toml
//! [steps.preprocess.with]
//! target = "arr_delay"                 # passed through; rows without it are not learned from
//!
//! [[steps.preprocess.with.encode]]
//! columns = ["dep_delay", "temp"]
//! impute = "median"                    # mean, median, most_frequent, { constant = 0 }
//! scale = "standard"                   # none, standard, min_max
//!
//! [[steps.preprocess.with.encode]]
//! columns = ["carrier", "origin"]
//! as = "one_hot"                       # carrier=AA, carrier=B6, ...
//! impute = "most_frequent"
//!
//! [[steps.preprocess.with.encode]]
//! type = "string"                      # every other column of texts
//! as = "ordinal"
//! impute = { constant = "missing" }
//! unknown = { code = -1 }              # or "error"
//! ```
//!
//! The output has the columns in the order of the rules, then those of
//! `others = "pass_through"`, then the target where the input has it. Definitions
//! are those of scikit-learn's `SimpleImputer`, `StandardScaler`, `MinMaxScaler`,
//! `OneHotEncoder(handle_unknown="ignore")` and
//! `OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)` in a
//! pipeline, with three differences:
//!
//! - NaN in a column of numbers is null, and what is null and not imputed stays
//!   null.
//! - A null that is not imputed is no category: `one_hot` makes zeros of it and
//!   `ordinal` a null. `impute = { constant = "missing" }` gives it a category.
//! - Medians and most frequent values are exact for columns of up to
//!   [`mlhost_statistics::EXACT_VALUES`] different values, and off by at most
//!   [`mlhost_statistics::RELATIVE_ERROR`] beyond.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, Float64Array, RecordBatch};
//! use mlhost_plugin::testing;
//! use mlhost_preprocess::{Encode, Learn, Params};
//!
//! let params: Params = serde_json::from_str(
//!     r#"{"encode": [{"columns": ["temp"], "impute": "median"}], "precision": "float64"}"#,
//! )?;
//! let temp: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(4.0)]));
//! let rows = [RecordBatch::try_from_iter([("temp", temp)])?];
//!
//! let learned = testing::fold::<Learn>(params.clone(), &rows)?;
//! let encoded = testing::transform::<Encode>(params, learned, &rows)?;
//! let imputed: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 2.5, 4.0]));
//! assert_eq!(encoded[0].column(0), &imputed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! May use the small Arrow crates only, as every plugin.

mod category;
mod codebook;
mod fold;
mod number;
mod params;
mod plan;
mod present;
mod scaling;
mod transform;

use mlhost_plugin::{Plugin, Preprocessor, export};

pub use fold::{Learn, Learned};
pub use params::{
    Constant, Encoding, Family, Impute, Others, Params, Precision, Rule, Scale, Unknown,
};
pub use transform::{Encode, ONE_HOT_CATEGORIES};

/// The plugin.
pub struct Preprocess;

impl Plugin for Preprocess {
    const NAME: &str = "preprocess";
    const SUMMARY: &str = "Imputes missing values, scales numbers and encodes categories, by \
                           rules that name columns or types of columns. Learns in one pass and \
                           is applied in training and in serving alike.";
    type Params = Params;
}

impl Preprocessor for Preprocess {
    type Fold = Learn;
    type Transform = Encode;
}

export!(Preprocess as preprocessor);
