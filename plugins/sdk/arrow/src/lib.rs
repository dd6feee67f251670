//! Arrow batches as the plugin contract lays them out.
//!
//! `wit/` carries Arrow across the component boundary as the [C data
//! interface](https://arrow.apache.org/docs/format/CDataInterface.html) with
//! lists in place of pointers: a schema is a depth-first list of fields, a batch
//! a depth-first list of arrays, and a list of their buffers. This crate turns schemas and
//! batches into those lists and back. Host and guest share it, so it knows
//! neither wasmtime nor wit-bindgen, and only the small Arrow crates.
//!
//! Nothing is copied except what a slice makes necessary: bitmaps that do not
//! start at a byte, and offsets that do not start at zero. What comes in is
//! validated in full, for the host does not trust it.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, Float64Array, RecordBatch};
//! use mlhost_arrow::{flatten_batch, flatten_schema, unflatten_batch, unflatten_schema};
//!
//! let column: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.5), None]));
//! let batch = RecordBatch::try_from_iter([("x", column)])?;
//!
//! let fields = flatten_schema(&batch.schema())?;
//! assert_eq!(fields[0].format, "g");
//! let flat = flatten_batch(&batch)?;
//! assert_eq!(flat.arrays[0].null_count, 1);
//! assert_eq!(flat.buffers.len(), 2);
//!
//! let schema = Arc::new(unflatten_schema(&fields)?);
//! assert_eq!(unflatten_batch(&schema, flat)?, batch);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod error;
mod flatten;
mod schema;
mod unflatten;

pub use error::{Error, Result};
pub use flatten::flatten_batch;
pub use schema::{FlatField, carried_schema, carried_type, flatten_schema, unflatten_schema};
pub use unflatten::unflatten_batch;

/// A batch, as the contract's record of that name has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlatBatch {
    /// How many rows.
    pub num_rows: u32,
    /// Depth first.
    pub arrays: Vec<FlatArray>,
    /// Those of the first array, of the second and so on: of each its validity
    /// (empty when no value is null), then offsets, then values, as far as the
    /// type has them.
    pub buffers: Vec<arrow_buffer::Buffer>,
}

/// One array of a batch: `length` values, without those of its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlatArray {
    /// How many values.
    pub length: u32,
    /// How many of them are null.
    pub null_count: u32,
}
