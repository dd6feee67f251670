//! What can be wrong with Arrow data at the boundary.

use arrow_schema::{ArrowError, DataType};

/// Why a schema or batch cannot cross the boundary, or must not be let in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The contract does not carry this type.
    #[error("column type {0} cannot be passed to a plugin")]
    UnsupportedType(DataType),
    /// A format string that the C data interface does not know, or that does not
    /// fit its children.
    #[error("field `{field}` has the unusable format `{format}`: {reason}")]
    Format {
        /// The field's name.
        field: String,
        /// The format string as it came.
        format: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Fields or arrays end too early, or some are left over.
    #[error("{0}")]
    Shape(String),
    /// Fields within fields, deeper than the levels it names.
    #[error("fields are nested deeper than {0} levels")]
    TooDeep(usize),
    /// A count does not fit the contract's 32 bits.
    #[error("{0} values are more than one array can hold at the boundary")]
    TooLong(usize),
    /// Arrow's own checks failed: offsets, lengths, UTF-8, null counts.
    #[error("column `{column}` is not a valid Arrow array: {source}")]
    InvalidArray {
        /// The top-level column.
        column: String,
        /// What Arrow found.
        source: ArrowError,
    },
    /// The columns do not make a batch of the announced schema.
    #[error("not a batch of the announced schema: {0}")]
    InvalidBatch(ArrowError),
}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
