//! What can go wrong with a table: finding its files, reading them, and writing new ones. Every
//! error carries the path and, for text formats, the line where these are known.

use std::fmt;
use std::io;
use std::path::PathBuf;

use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use parquet::errors::ParquetError;

/// What the functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a table could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No file fits the path, glob or folder.
    #[error("no file found for `{pattern}` in `{}`", folder.display())]
    NoFile {
        /// The path or glob as it was given.
        pattern: String,
        /// The folder it was looked for in.
        folder: PathBuf,
    },
    /// The glob itself is malformed.
    #[error("`{pattern}` is no valid glob")]
    Glob {
        /// The glob as it was given.
        pattern: String,
        /// What is wrong with it.
        source: glob::PatternError,
    },
    /// The ending of a path names none of the known formats.
    #[error("cannot tell the format of `{}` from its extension", path.display())]
    UnknownFormat {
        /// The path.
        path: PathBuf,
    },
    /// A file or folder could not be read.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file is not the one that the table was opened with.
    #[error("`{}` has changed since it was opened", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A table that is computed could not be: whoever computes it says why.
    #[error(transparent)]
    Computed(Box<dyn std::error::Error + Send + Sync>),
    /// A text file from which no columns can be learnt.
    #[error("`{}` is empty, so that its columns are unknown", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Two columns of one file have the same name.
    #[error("`{}` has more than one column `{column}`", path.display())]
    DuplicateColumn {
        /// The file.
        path: PathBuf,
        /// The name.
        column: String,
    },
    /// Two files of one table do not have the same columns.
    #[error("`{}` does not have the columns of `{}`: {difference}", second.display(), first.display())]
    SchemaMismatch {
        /// The file that the others are compared with.
        first: PathBuf,
        /// The file that differs.
        second: PathBuf,
        /// The first difference.
        difference: Difference,
    },
    /// A table has no column with a wanted name.
    #[error("there is no column `{column}`{}", nearest.as_ref().map(|name| format!(", the nearest is `{name}`")).unwrap_or_default())]
    UnknownColumn {
        /// The wanted name.
        column: String,
        /// The most similar name that the table has, if one is similar.
        nearest: Option<String>,
    },
    /// A table has no part with this number.
    #[error("there is no part {part}: the table has {parts}")]
    UnknownPart {
        /// The wanted part.
        part: usize,
        /// How many parts there are.
        parts: usize,
    },
    /// A line of a text file that does not follow the rules of its format.
    #[error("`{}`, line {line}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// Which rule, and what was found.
        message: String,
    },
    /// A value that is not of the type that the other values of its column suggest.
    #[error("`{}`, line {line}: `{value}` in column `{column}` is not a valid {data_type}", path.display())]
    InvalidValue {
        /// The file.
        path: PathBuf,
        /// The line on which the row begins, from 1.
        line: u64,
        /// The column.
        column: String,
        /// The text found.
        value: String,
        /// The type of the column.
        data_type: DataType,
    },
    /// A CSV, JSON or Arrow file that cannot be read.
    #[error("cannot read `{}`", path.display())]
    Arrow {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ArrowError,
    },
    /// A Parquet file that cannot be read.
    #[error("cannot read `{}`", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ParquetError,
    },
    /// Rows could not be selected.
    #[error("cannot select rows")]
    Filter {
        /// Why not.
        source: ArrowError,
    },
    /// A row that a split by time cannot place.
    #[error(
        "a split by time needs a time in every row, and column `{column}` has none in row {row} of part {part}"
    )]
    NoTime {
        /// The column of times.
        column: String,
        /// The part of the table, from 0.
        part: u64,
        /// The row of the part, from 0.
        row: u64,
    },
    /// A batch does not have the columns of the table it is to become part of.
    #[error("a batch does not fit its table")]
    Batch {
        /// How it differs.
        source: ArrowError,
    },
    /// A file could not be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not: from the operating system, or from the encoder of the format.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The first difference between the columns of two files.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The second file lacks a column.
    Missing {
        /// The column.
        column: String,
    },
    /// The second file has one column more.
    Added {
        /// The column.
        column: String,
    },
    /// A column is of different types.
    Type {
        /// The column.
        column: String,
        /// Its type in the first file.
        first: DataType,
        /// Its type in the second file.
        second: DataType,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { column } => write!(formatter, "column `{column}` is missing"),
            Self::Added { column } => write!(formatter, "column `{column}` is added"),
            Self::Type {
                column,
                first,
                second,
            } => write!(formatter, "column `{column}` is {second} and not {first}"),
        }
    }
}

impl Error {
    /// Turns an error of the operating system into one that names the path.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::Io { path, source }
    }

    /// Turns an error of Arrow's readers into one that names the path.
    pub(crate) fn arrow(path: impl Into<PathBuf>) -> impl FnOnce(ArrowError) -> Self {
        let path = path.into();
        |source| match source {
            ArrowError::IoError(_, source) => Self::Io { path, source },
            source => Self::Arrow { path, source },
        }
    }

    /// Turns an error of the Parquet reader into one that names the path.
    pub(crate) fn parquet(path: impl Into<PathBuf>) -> impl FnOnce(ParquetError) -> Self {
        let path = path.into();
        |source| Self::Parquet { path, source }
    }

    /// Turns an error of an encoder or of the operating system into one that names the output.
    pub(crate) fn write<E>(path: impl Into<PathBuf>) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let path = path.into();
        |source| Self::Write {
            path,
            source: source.into(),
        }
    }
}
