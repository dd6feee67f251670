//! Write mlhost plugins in Rust.
//!
//! A plugin is a type with one of five kinds: [`Validator`], [`Preprocessor`],
//! [`Trainer`], [`DriftDetector`] or [`Evaluator`]. A kind names the parts that
//! do the work, which are the contract's four interfaces over arrow-rs types:
//! [`Fold`] (batches become a state), [`Fit`] (a dataset becomes a state),
//! [`Transform`] (batches become batches) and an `assess` function (states
//! become an [`Outcome`]). Parameters are a serde struct whose JSON Schema is
//! derived, states are whatever serde can write. [`export!`] turns the type into
//! a component; off WebAssembly it does nothing, and the same code runs in unit
//! tests (see [`testing`]).
//!
//! ```
//! use mlhost_plugin::{Error, Fold, Outcome, Plugin, RecordBatch, Result, Schema, Validator, export};
//!
//! /// Counts rows, and wants enough of them.
//! struct Enough;
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! struct Params {
//!     /// The fewest rows that will do.
//!     minimum: u64,
//! }
//!
//! #[derive(Default, Clone, serde::Serialize, serde::Deserialize)]
//! struct Rows(u64);
//!
//! impl Fold for Rows {
//!     type Params = Params;
//!     type State = Rows;
//!     fn open(_: Params, _: &Schema) -> Result<Self> { Ok(Rows(0)) }
//!     fn columns(&self) -> Vec<String> { vec![] }
//!     fn update(&mut self, rows: &RecordBatch) -> Result<()> {
//!         self.0 += rows.num_rows() as u64;
//!         Ok(())
//!     }
//!     fn merge(&mut self, later: Rows) -> Result<()> { self.0 += later.0; Ok(()) }
//!     fn state(&self) -> Rows { self.clone() }
//! }
//!
//! impl Plugin for Enough {
//!     const NAME: &str = "enough";
//!     const SUMMARY: &str = "Refuses a table that has too few rows.";
//!     type Params = Params;
//! }
//!
//! impl Validator for Enough {
//!     type Fold = Rows;
//!     fn assess(params: Params, rows: Rows) -> Result<Outcome> {
//!         let enough = rows.0 >= params.minimum;
//!         Ok(Outcome::new(enough, format!("{} rows", rows.0)).metric("rows", rows.0 as f64))
//!     }
//! }
//!
//! export!(Enough as validator);
//!
//! let state = mlhost_plugin::testing::fold::<Rows>(Params { minimum: 1 }, &[])?;
//! assert!(!Enough::assess(Params { minimum: 1 }, state)?.passed());
//! # Ok::<(), Error>(())
//! ```
//!
//! May use the small Arrow crates only: what a plugin links decides how large its
//! component is and how long it takes to compile.

/// The README's plugin compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../../README.md")]
pub struct Readme;

mod codec;
mod columns;
mod dataset;
mod error;
mod host;
mod kinds;
mod outcome;
pub mod testing;
#[cfg(target_family = "wasm")]
#[doc(hidden)]
pub mod wasm;

pub use arrow_array::RecordBatch;
pub use arrow_schema::{Schema, SchemaRef};
pub use columns::{column_index, named_columns};
pub use dataset::{Dataset, MemoryDataset};
pub use error::{Error, ErrorKind, Result};
pub use host::{Level, log, progress, record_metric};
pub use kinds::{
    DriftDetector, Emit, Evaluator, ExplainedTrainer, Fit, Fold, Output, Plugin, Preprocessor,
    Trainer, Transform, Validator,
};
pub use outcome::{Better, Figure, Finding, Metric, Outcome, Severity, Verdict};

/// The version of the contract (`wit/`) that this SDK speaks.
pub const CONTRACT: &str = "0.1.0";

/// Makes a component of a plugin: `export!(Standardise as preprocessor)`, with
/// `validator`, `preprocessor`, `trainer`, `explained_trainer`, `drift_detector` or
/// `evaluator`.
///
/// Off WebAssembly it only checks that the plugin has the kind it claims.
#[macro_export]
macro_rules! export {
    ($plugin:ty as $kind:ident) => {
        const _: () = {
            $crate::__check_kind!($plugin, $kind);
        };
        #[cfg(target_family = "wasm")]
        #[allow(
            unsafe_code,
            reason = "exports have fixed names, and a section describes them"
        )]
        const _: () = {
            $crate::__component_type!($kind);
            $crate::__export_kind!($plugin, $kind);
        };
    };
}

/// Declares what a plugin may want to reach beside its rows through WASI, as JSON:
/// `wants!(br#"{ "network": ["api.example.com:443"], "clock": true }"#)`. A step has to allow it, too;
/// without both, the plugin sees an empty world.
#[macro_export]
macro_rules! wants {
    ($json:literal) => {
        #[cfg(target_family = "wasm")]
        #[allow(
            unsafe_code,
            reason = "a section of its own, which holds nothing but this text"
        )]
        const _: () = {
            #[used]
            #[unsafe(link_section = "mlhost:wants")]
            static WANTS: [u8; $json.len()] = *$json;
        };
    };
}

/// The interfaces that each kind exports.
#[cfg(target_family = "wasm")]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_kind {
    ($plugin:ty, validator) => {
        type Exported = $crate::wasm::adapters::ValidatorAdapter<$plugin>;
        $crate::__export_interfaces!(Exported: describe fold report);
    };
    ($plugin:ty, preprocessor) => {
        type Exported = $crate::wasm::adapters::PreprocessorAdapter<$plugin>;
        $crate::__export_interfaces!(Exported: describe fold transform);
    };
    ($plugin:ty, trainer) => {
        type Exported = $crate::wasm::adapters::TrainerAdapter<$plugin>;
        $crate::__export_interfaces!(Exported: describe fit transform);
    };
    ($plugin:ty, explained_trainer) => {
        type Exported = $crate::wasm::adapters::TrainerAdapter<$plugin>;
        $crate::__export_interfaces!(Exported: describe fit transform report);
    };
    ($plugin:ty, drift_detector) => {
        type Exported = $crate::wasm::adapters::DriftDetectorAdapter<$plugin>;
        $crate::__export_interfaces!(Exported: describe fold report);
    };
    ($plugin:ty, evaluator) => {
        type Exported = $crate::wasm::adapters::EvaluatorAdapter<$plugin>;
        $crate::__export_interfaces!(Exported: describe fold report);
    };
}

/// Calls wit-bindgen's macros, one an interface.
#[cfg(target_family = "wasm")]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_interfaces {
    ($exported:ident: $($interface:ident)*) => {
        $($crate::__export_interface!($exported $interface);)*
    };
}

#[cfg(target_family = "wasm")]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_interface {
    ($exported:ident describe) => {
        $crate::__export_mlhost_plugin_describe_0_1_0_cabi!($exported with_types_in
            $crate::wasm::bindings::everything::exports::mlhost::plugin::describe);
    };
    ($exported:ident fold) => {
        $crate::__export_mlhost_plugin_fold_0_1_0_cabi!($exported with_types_in
            $crate::wasm::bindings::everything::exports::mlhost::plugin::fold);
    };
    ($exported:ident fit) => {
        $crate::__export_mlhost_plugin_fit_0_1_0_cabi!($exported with_types_in
            $crate::wasm::bindings::everything::exports::mlhost::plugin::fit);
    };
    ($exported:ident transform) => {
        $crate::__export_mlhost_plugin_transform_0_1_0_cabi!($exported with_types_in
            $crate::wasm::bindings::everything::exports::mlhost::plugin::transform);
    };
    ($exported:ident report) => {
        $crate::__export_mlhost_plugin_report_0_1_0_cabi!($exported with_types_in
            $crate::wasm::bindings::everything::exports::mlhost::plugin::report);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __check_kind {
    ($plugin:ty, validator) => {
        const fn check<T: $crate::Validator>() {}
        check::<$plugin>();
    };
    ($plugin:ty, preprocessor) => {
        const fn check<T: $crate::Preprocessor>() {}
        check::<$plugin>();
    };
    ($plugin:ty, trainer) => {
        const fn check<T: $crate::Trainer>() {}
        check::<$plugin>();
    };
    ($plugin:ty, explained_trainer) => {
        const fn check<T: $crate::ExplainedTrainer>() {}
        check::<$plugin>();
    };
    ($plugin:ty, drift_detector) => {
        const fn check<T: $crate::DriftDetector>() {}
        check::<$plugin>();
    };
    ($plugin:ty, evaluator) => {
        const fn check<T: $crate::Evaluator>() {}
        check::<$plugin>();
    };
}
