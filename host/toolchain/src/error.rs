//! Why there is no component.

use std::{io, path::PathBuf, process::ExitStatus};

/// What this crate reports.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program cannot be started.
    #[error("could not start `{line}`: {source}")]
    Start {
        /// The command line.
        line: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ended with a failure.
    #[error("`{line}` failed: {status}{}", said(.stderr))]
    Failed {
        /// The command line.
        line: String,
        /// How it ended.
        status: ExitStatus,
        /// What it said, where that was not shown at once.
        stderr: String,
    },
    /// A program printed something else than text.
    #[error("`{line}` printed other than UTF-8")]
    NotText {
        /// The command line.
        line: String,
    },
    /// A tool chain cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// There is no tool chain.
    #[error("no Rust tool chain for {target}")]
    NoToolchain {
        /// The target.
        target: &'static str,
        /// What to install.
        hint: String,
    },
    /// A core module cannot be made a component.
    #[error("the module does not fit its world: {0}")]
    Encode(String),
    /// What was to be said about a component cannot be.
    #[error("{0}")]
    Metadata(String),
    /// A file cannot be written.
    #[error("could not write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What the person in front of the screen can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoToolchain { hint, .. } => Some(hint.clone()),
            _ => None,
        }
    }
}

fn said(stderr: &str) -> String {
    match stderr.trim() {
        "" => String::new(),
        said => format!(": {said}"),
    }
}
