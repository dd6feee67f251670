//! What can be wrong outside a pipeline file, such as a package reference on the command line. Mistakes inside a file are [`Diagnostics`](crate::Diagnostics).

use thiserror::Error;

/// What is wrong, apart from mistakes in a pipeline file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The text names none of the kinds of plugin.
    #[error("unknown kind of plugin `{text}`, expected one of {}", crate::Kind::NAMES.join(", "))]
    UnknownKind {
        /// The text as given.
        text: String,
    },
    /// A pipeline cannot be written as TOML.
    #[error("the pipeline cannot be written as TOML: {reason}")]
    NotPrintable {
        /// What the writer said.
        reason: String,
    },
    /// The text is neither a package reference nor the path of a component.
    #[error("`{text}` is not a package reference: {reason}")]
    PackageReference {
        /// The text as given.
        text: String,
        /// Which rule it breaks.
        reason: String,
    },
}
