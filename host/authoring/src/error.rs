//! What can go wrong on the way to a component, told so that its author knows what to do.

use std::{io, path::PathBuf};

/// What this crate reports.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A project cannot have this name.
    #[error("`{name}` is no name for a plugin")]
    Name {
        /// The name that was asked for.
        name: String,
    },
    /// There is something where the project is to be.
    #[error("`{}` is there already", folder.display())]
    Occupied {
        /// The folder of the project.
        folder: PathBuf,
    },
    /// A file or folder cannot be read or written.
    #[error("cannot {verb} `{}`: {source}", path.display())]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no project in a folder.
    #[error("there is no plugin.toml in `{}`", folder.display())]
    NoProject {
        /// The folder.
        folder: PathBuf,
    },
    /// A file of the project does not say what it has to.
    #[error("{}: {message}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The build has left nothing.
    #[error("the build left no `{}`", path.display())]
    NoOutput {
        /// Where the component or module was to be.
        path: PathBuf,
    },
    /// A trainer is said to explain its models, and does not.
    #[error("plugin.toml says `explains = true`, and the component exports no `report`")]
    ExplainsNothing,
    /// The project was not built.
    #[error(transparent)]
    Languages(#[from] mlhost_languages::Error),
    /// What was built is no component.
    #[error(transparent)]
    Toolchain(#[from] mlhost_toolchain::Error),
    /// What was built cannot be read.
    #[error(transparent)]
    Packages(#[from] mlhost_packages::Error),
    /// The component cannot be used as a plugin.
    #[error(transparent)]
    Sandbox(#[from] mlhost_sandbox::Error),
    /// A table cannot be read.
    #[error(transparent)]
    Data(#[from] mlhost_data::Error),
}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn read(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::File {
            verb: "read",
            path: path.into(),
            source,
        }
    }

    pub(crate) fn write(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::File {
            verb: "write",
            path: path.into(),
            source,
        }
    }

    /// What the person in front of the screen can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Name { .. } => Some(
                "a name is lower-case letters and digits in words joined by `-`, each with a \
                 letter first, such as `clip-outliers`"
                    .to_owned(),
            ),
            Self::Occupied { .. } => {
                Some("choose another name, or another folder with `--folder`".to_owned())
            }
            Self::NoProject { .. } => Some(
                "run this in the folder of a plugin, or name one; `host plugin new` makes one"
                    .to_owned(),
            ),
            Self::NoOutput { .. } => {
                Some("`output` in [build] of plugin.toml says where it is".to_owned())
            }
            Self::ExplainsNothing => Some(
                "in Rust, `export!(… as explained_trainer)` makes it; a build of your own builds \
                 for the world `explained-trainer`"
                    .to_owned(),
            ),
            Self::Languages(error) => error.hint(),
            Self::Packages(error) => error.hint(),
            Self::Toolchain(error) => error.hint(),
            Self::Sandbox(error) => error.hint(),
            _ => None,
        }
    }
}
