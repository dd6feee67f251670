//! What can go wrong: a column of a type that the statistic is not for, and
//! arguments that do not fit together.

use arrow_schema::DataType;

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a statistic could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The column cannot be read as numbers.
    #[error("expected a column of numbers, booleans, dates or times, found {data_type}")]
    NotNumeric {
        /// The type of the column.
        data_type: DataType,
    },
    /// The column cannot be read as texts.
    #[error("expected a column of texts, booleans or integers, found {data_type}")]
    NotText {
        /// The type of the column.
        data_type: DataType,
    },
    /// Two lists of shares that do not belong to the same bins.
    #[error(
        "expected as many shares in the reference as in the current data, found {reference} and {current}"
    )]
    UnequalBins {
        /// The number of bins in the reference.
        reference: usize,
        /// The number of bins in the current data.
        current: usize,
    },
    /// A text that should be a date or a time.
    #[error("`{0}` is no date or time such as `2013-07-01` or `2013-07-01T06:00:00Z`")]
    NotADate(String),
}
