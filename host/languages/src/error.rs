//! Why a plugin was not built.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitStatus,
};

/// What this crate reports.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something that the build needs is not installed.
    #[error("the build needs {tool}, which is not installed")]
    MissingTool {
        /// What.
        tool: String,
        /// How to install it.
        hint: String,
    },
    /// A program of the build has failed, and has said why.
    #[error("the plugin was not built: `{line}` failed: {status}")]
    Failed {
        /// The command line.
        line: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// The author's file is not there.
    #[error("there is no {file} in `{}`", folder.display())]
    NoSource {
        /// Its name.
        file: &'static str,
        /// Where it should be.
        folder: PathBuf,
    },
    /// A crate is none that becomes WebAssembly.
    #[error(
        "{}: the crate becomes no WebAssembly; it needs `crate-type = [\"cdylib\"]` in [lib]",
        manifest.display()
    )]
    NoModule {
        /// Its `Cargo.toml`.
        manifest: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("`{}`: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The contract cannot be read, or has no such world.
    #[error("there are no bindings of the contract: {0}")]
    Bindings(String),
    /// A program has made something that cannot be used.
    #[error("what {tool} made cannot be used: {message}")]
    Tool {
        /// The program.
        tool: &'static str,
        /// Why.
        message: String,
    },
    /// A program cannot be started, or there is no tool chain.
    #[error(transparent)]
    Toolchain(#[from] mlhost_toolchain::Error),
}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File {
            path: path.to_path_buf(),
            source,
        }
    }

    /// Whether the author's own files, and not the machine, are why.
    pub fn is_of_the_project(&self) -> bool {
        matches!(
            self,
            Self::Failed { .. } | Self::NoSource { .. } | Self::NoModule { .. }
        )
    }

    /// What the person in front of the screen can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::MissingTool { hint, .. } => Some(hint.clone()),
            Self::Toolchain(error) => error.hint(),
            _ => None,
        }
    }
}
