//! Why a plugin was not found.

use std::{io, path::PathBuf};

/// What this crate reports.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no package of this name.
    #[error("there is no package `{name}`")]
    UnknownPackage {
        /// `namespace:name`.
        name: String,
        /// What to do about it.
        hint: String,
    },
    /// The package has no such version.
    #[error("package `{name}` has no version {version}")]
    UnknownVersion {
        /// `namespace:name`.
        name: String,
        /// The version that was asked for.
        version: String,
        /// The version there is.
        available: String,
    },
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The component file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The component is no plugin, or fails.
    #[error(transparent)]
    Sandbox(#[from] mlhost_sandbox::Error),
}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What the person in front of the screen can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownPackage { hint, .. } => Some(hint.clone()),
            Self::UnknownVersion {
                name, available, ..
            } => Some(format!("there is `{name}@{available}`")),
            Self::Read { .. } => {
                Some("a plugin's path is relative to the folder of the pipeline".to_owned())
            }
            Self::Sandbox(error) => error.hint(),
        }
    }
}
