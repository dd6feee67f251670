//! Turns the errors of readers into those of this crate: with the path, and in words about the
//! file. The readers wrap each other's errors, and each puts the name of its format in front, which
//! says nothing to whoever looks at the file.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use parquet::errors::ParquetError;

use crate::Error;

/// What the readers put in front of each other's messages.
const PREFIXES: [&str; 18] = [
    "Arrow: ",
    "Arrow error: ",
    "Compute error: ",
    "Csv error: ",
    "EOF: ",
    "External error: ",
    "External: ",
    "Invalid argument error: ",
    "Io error: ",
    "Ipc error: ",
    "Json error: ",
    "NYI: ",
    "Not yet implemented: ",
    "Parquet argument error: ",
    "Parquet error: ",
    "ParquetError: ",
    "Parser error: ",
    "Schema error: ",
];

/// A fault in compressed data, carried through readers inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Fault(pub(crate) String);

impl Error {
    /// Turns an error while reading into one that names the path.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| from_io(path, None, source)
    }

    /// Turns an error of Arrow's readers into one that names the path.
    pub(crate) fn arrow(path: impl Into<PathBuf>) -> impl FnOnce(ArrowError) -> Self {
        let path = path.into();
        |source| from_arrow(path, None, source)
    }

    /// Turns an error of the Parquet reader into one that names the path.
    pub(crate) fn parquet(path: impl Into<PathBuf>) -> impl FnOnce(ParquetError) -> Self {
        let path = path.into();
        |source| from_parquet(path, None, source)
    }

    /// Turns an error of either Parquet reader into one that names the path and the row group.
    pub(crate) fn row_group<E>(path: &Path, row_group: usize) -> impl Fn(E) -> Self + use<E>
    where
        E: Into<ReaderError>,
    {
        let path = path.to_owned();
        move |source| {
            let place = Some(format!("row group {row_group}"));
            match source.into() {
                ReaderError::Arrow(source) => from_arrow(path.clone(), place, source),
                ReaderError::Parquet(source) => from_parquet(path.clone(), place, source),
            }
        }
    }

    pub(crate) fn damaged(path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.into(),
            place: None,
            reason: reason.into(),
        }
    }
}

/// An error of one of the two layers that read Parquet.
pub(crate) enum ReaderError {
    Arrow(ArrowError),
    Parquet(ParquetError),
}

impl From<ArrowError> for ReaderError {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}

impl From<ParquetError> for ReaderError {
    fn from(error: ParquetError) -> Self {
        Self::Parquet(error)
    }
}

fn from_io(path: PathBuf, place: Option<String>, source: io::Error) -> Error {
    let source = match source.downcast::<Error>() {
        Ok(own) => return own,
        Err(source) => source,
    };
    let inner = source.get_ref();
    let reason = match inner.and_then(|inner| inner.downcast_ref::<Fault>()) {
        Some(fault) => fault.to_string(),
        None if source.kind() == io::ErrorKind::UnexpectedEof => "it ends early".to_owned(),
        None => return Error::Io { path, source },
    };
    Error::Damaged {
        path,
        place,
        reason,
    }
}

fn from_arrow(path: PathBuf, place: Option<String>, source: ArrowError) -> Error {
    let source = match source {
        ArrowError::IoError(_, source) => return from_io(path, place, source),
        ArrowError::ExternalError(source) => return from_any(path, place, source),
        source => source,
    };
    Error::Damaged {
        path,
        place,
        reason: plain(&source.to_string()),
    }
}

fn from_parquet(path: PathBuf, place: Option<String>, source: ParquetError) -> Error {
    match source {
        ParquetError::External(source) => from_any(path, place, source),
        source => Error::Damaged {
            path,
            place,
            reason: plain(&source.to_string()),
        },
    }
}

fn from_any(
    path: PathBuf,
    place: Option<String>,
    source: Box<dyn StdError + Send + Sync>,
) -> Error {
    match source.downcast::<io::Error>() {
        Ok(source) => from_io(path, place, *source),
        Err(source) => match source.downcast::<ParquetError>() {
            Ok(source) => from_parquet(path, place, *source),
            Err(source) => match source.downcast::<Error>() {
                Ok(own) => *own,
                Err(source) => Error::Damaged {
                    path,
                    place,
                    reason: plain(&source.to_string()),
                },
            },
        },
    }
}

/// A message without what the readers put in front of it.
pub(crate) fn plain(message: &str) -> String {
    let mut rest = message;
    while let Some(shorter) = PREFIXES.iter().find_map(|prefix| rest.strip_prefix(prefix)) {
        rest = shorter;
    }
    rest.to_owned()
}
