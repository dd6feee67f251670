//! What can be wrong with a name that is given outside a pipeline file, such as a package
//! reference on the command line. Mistakes inside a file are [`Diagnostics`](crate::Diagnostics).

use thiserror::Error;

/// A text that does not name what it should name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The text names none of the kinds of plugin.
    #[error("unknown kind of plugin `{text}`, expected one of {}", crate::Kind::NAMES.join(", "))]
    UnknownKind {
        /// The text as given.
        text: String,
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
