//! What a plugin says when it cannot go on.
//!
//! The kind tells the host whose turn it is: the pipeline's author
//! (parameters), the data's owner, time (worth another try) or the plugin's
//! author.

use std::fmt;

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose turn it is after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The parameters are wrong for this plugin or this schema.
    InvalidParams,
    /// A value of the data is wrong.
    InvalidData,
    /// Worth another try: nothing else is.
    Transient,
    /// Anything else.
    Failed,
}

impl ErrorKind {
    /// The contract's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidParams => "invalid-params",
            Self::InvalidData => "invalid-data",
            Self::Transient => "transient",
            Self::Failed => "failed",
        }
    }
}

/// Why a call failed: one sentence for the person who wrote the pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Whose turn it is.
    pub kind: ErrorKind,
    /// One sentence without a full stop.
    pub message: String,
    /// For [`ErrorKind::InvalidParams`]: a JSON Pointer into the parameters.
    pub at: Option<String>,
}

impl Error {
    /// The parameter at this JSON Pointer (RFC 6901, `/columns/2`) is wrong.
    pub fn params(at: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            at: Some(at.into()),
            ..Self::new(ErrorKind::InvalidParams, message)
        }
    }

    /// A value of the data is wrong.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidData, message)
    }

    /// Something that may work when it is tried again.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Transient, message)
    }

    /// Anything else.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Failed, message)
    }

    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            at: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            Some(at) if !at.is_empty() => write!(f, "{} (at {at})", self.message),
            _ => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}

impl From<arrow_schema::ArrowError> for Error {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::data(error.to_string())
    }
}

impl From<mlhost_arrow::Error> for Error {
    fn from(error: mlhost_arrow::Error) -> Self {
        Self::failed(error.to_string())
    }
}
