//! What can go wrong with a table: finding its files, reading them, and writing new ones. Every
//! error carries the path and, for text formats, the line where these are known. What can be done
//! about it is in [`Error::hint`].

use std::fmt;
use std::io;
use std::path::PathBuf;

use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use mlhost_pipeline::{LocationError, Scheme, printable};

use crate::remote_error::RemoteError;

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
        /// What is there instead.
        near: Option<String>,
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
    /// A file in an object store or on a web server could not be read.
    #[error("cannot read `{}`", path.display())]
    Remote {
        /// Its address.
        path: PathBuf,
        /// Where that is.
        scheme: Scheme,
        /// What the server or the connection said.
        source: Box<RemoteError>,
    },
    /// An address that leads nowhere.
    #[error(transparent)]
    Location(#[from] LocationError),
    /// The copy of a remote file could not be kept on this machine.
    #[error("cannot keep a copy of `{}` in `{}`", path.display(), folder.display())]
    NotKept {
        /// Its address.
        path: PathBuf,
        /// The folder of temporary files.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file is not the one that the table was opened with.
    #[error("`{}` has changed since it was opened", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A file that was there when the table was opened is not any more.
    #[error("`{}` was deleted or moved after it was opened", path.display())]
    Gone {
        /// The file.
        path: PathBuf,
    },
    /// A symbolic link to a file or folder that is not there.
    #[error("`{}` is a link to `{}`, and there is no such file", path.display(), target.display())]
    DanglingLink {
        /// The link.
        path: PathBuf,
        /// What it points to, as it is written in the link.
        target: PathBuf,
    },
    /// A table that is computed could not be: whoever computes it says why.
    #[error(transparent)]
    Computed(Box<dyn std::error::Error + Send + Sync>),
    /// A file from which no columns can be learnt.
    #[error("`{}` is empty, so that its columns are unknown", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Two columns of one file have the same name.
    #[error("`{}` has more than one column `{}`", path.display(), printable(column))]
    DuplicateColumn {
        /// The file.
        path: PathBuf,
        /// The name.
        column: String,
    },
    /// Two files of one table do not have the same columns.
    #[error("`{}` does not have the columns of `{}`: {difference}{}", second.display(), first.display(), shown(offending))]
    SchemaMismatch {
        /// The file that the others are compared with.
        first: PathBuf,
        /// The file that differs.
        second: PathBuf,
        /// The first difference; boxed, because the other variants are much smaller.
        difference: Box<Difference>,
        /// For a type that was inferred from text: the line of the second file with the first value
        /// that does not fit the first, and the value.
        offending: Option<(u64, String)>,
    },
    /// A CSV file does not have the columns of the schema that was stated for it.
    #[error("`{}`, line 1: column {position} is {}, and the stated schema has {}", path.display(), quoted(found), quoted(stated))]
    OtherColumns {
        /// The file.
        path: PathBuf,
        /// The first column that differs, from 1.
        position: usize,
        /// Its name in the file, if the file has so many.
        found: Option<String>,
        /// Its name in the schema, if the schema has so many.
        stated: Option<String>,
    },
    /// A JSON file has a column that the schema that was stated for it lacks.
    #[error("`{}`, line {line}: column `{}` is not in the stated schema", path.display(), printable(column))]
    UnstatedColumn {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column.
        column: String,
    },
    /// A table has no column with a wanted name.
    #[error("there is no column `{}`{}", printable(column), nearest.as_ref().map(|name| format!(", the nearest is `{}`", printable(name))).unwrap_or_default())]
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
    /// A row with more or fewer fields than there are columns.
    #[error("`{}`, line {line}: expected {expected} fields, found {found}", path.display())]
    Ragged {
        /// The file.
        path: PathBuf,
        /// The line on which the row begins, from 1.
        line: u64,
        /// The number of columns.
        expected: u64,
        /// The number of fields.
        found: u64,
    },
    /// A quote of a CSV file that opens a field and is never closed, so that the field would be all
    /// the rest of the file.
    #[error("`{}`, line {line}: a quote opens a field here and is never closed", path.display())]
    UnclosedQuote {
        /// The file.
        path: PathBuf,
        /// The line of the quote, from 1.
        line: u64,
    },
    /// Bytes that are no text.
    #[error("`{}`, line {line}: {what} is not UTF-8 from byte {byte} on", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line on which the row begins, from 1.
        line: u64,
        /// The column or the line.
        what: String,
        /// The first byte of `what` that is not UTF-8, from 1.
        byte: u64,
    },
    /// A value that is not of the type that the other values of its column suggest.
    #[error("`{}`, line {line}: `{}` in column `{}` is not a valid {data_type}", path.display(), printable(value), printable(column))]
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
    /// A file whose content is not what its format has: cut off, damaged, or of another format.
    #[error("cannot read `{}`{}: {reason}", path.display(), place.as_ref().map(|place| format!(", {place}")).unwrap_or_default())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in the file, if that is known.
        place: Option<String>,
        /// What is wrong with it.
        reason: String,
    },
    /// Rows could not be selected.
    #[error("cannot select rows")]
    Filter {
        /// Why not.
        source: ArrowError,
    },
    /// A row that a split by time cannot place.
    #[error(
        "a split by time needs a time in every row, and column `{}` has none in row {row} of part {part}",
        printable(column)
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
    /// What is read again and again could not be kept on the disk in the meantime.
    #[error("cannot keep the rows for another pass in `{}`", folder.display())]
    Spool {
        /// The folder of the file.
        folder: PathBuf,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
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
            Self::Missing { column } => {
                write!(formatter, "column `{}` is missing", printable(column))
            }
            Self::Added { column } => write!(formatter, "column `{}` is added", printable(column)),
            Self::Type {
                column,
                first,
                second,
            } => {
                let column = printable(column);
                write!(formatter, "column `{column}` is {second} and not {first}")
            }
        }
    }
}

fn shown(offending: &Option<(u64, String)>) -> String {
    let offending = offending.as_ref();
    offending.map_or_else(String::new, |(line, value)| {
        format!(", from line {line} on: `{}`", printable(value))
    })
}

fn quoted(column: &Option<String>) -> String {
    column.as_ref().map_or_else(
        || "missing".to_owned(),
        |name| format!("`{}`", printable(name)),
    )
}

impl Error {
    /// Whether the same may succeed a little later: the operating system or a server did not give
    /// what is there. A file that is missing, forbidden or damaged stays so.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Io { source, .. } => !matches!(
                source.kind(),
                io::ErrorKind::NotFound
                    | io::ErrorKind::PermissionDenied
                    | io::ErrorKind::IsADirectory
                    | io::ErrorKind::NotADirectory
                    | io::ErrorKind::InvalidData
                    | io::ErrorKind::InvalidInput
            ),
            Self::Remote { source, .. } => matches!(
                source.as_ref(),
                RemoteError::Answered { .. }
                    | RemoteError::Unreachable { .. }
                    | RemoteError::CutOff { .. }
            ),
            _ => false,
        }
    }

    /// The error of a remote file.
    pub(crate) fn remote(path: PathBuf, scheme: Scheme, source: RemoteError) -> Self {
        Self::Remote {
            path,
            scheme,
            source: Box::new(source),
        }
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
