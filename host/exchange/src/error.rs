//! What can go wrong on the way out of a store and into another. The message names the archive and
//! the file in it; [`Error::hint`] says what to do.

use std::{fmt, io, path::PathBuf};

use mlhost_store::{Digest, InvalidDigest};

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store failed, or refuses.
    #[error(transparent)]
    Store(#[from] mlhost_store::Error),
    /// The operating system refused something.
    #[error("could not {task} `{}`", path.display())]
    Io {
        /// What was to be done, such as `read`.
        task: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// Why it could not.
        source: io::Error,
    },
    /// The folder to export to has files already.
    #[error("`{}` is there already, and is no empty folder", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The archive to export to would be compressed, which is not done.
    #[error("`{}` has the extension of a compressed archive", path.display())]
    Compressed {
        /// The path.
        path: PathBuf,
    },
    /// An archive is not what it should be.
    #[error(
        "the archive `{}` is refused: {}{problem}",
        archive.display(),
        file.as_ref().map(|file| format!("`{}`: ", file.escape_default())).unwrap_or_default()
    )]
    Refused {
        /// The archive.
        archive: PathBuf,
        /// The file in it, if it is a single one.
        file: Option<String>,
        /// What is wrong with it.
        problem: Box<Problem>,
    },
    /// A file is not the key it should be.
    #[error("`{}` is not {expected}: {reason}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What was expected, such as `an Ed25519 public key in PEM`.
        expected: &'static str,
        /// Why it is not one.
        reason: String,
        /// How such a key is made.
        hint: &'static str,
    },
    /// The model card cannot be written.
    #[error("the front matter of the model card cannot be written: {0}")]
    Card(String),
}

/// What is wrong with an archive or a file in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It cannot be read as a tar archive.
    #[error("it is no tar archive, or is damaged: {0}")]
    NotTar(String),
    /// It ends before what it says it has.
    #[error("it goes on after the end of the archive, which is cut off")]
    CutOff,
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    /// Its path would be outside the archive.
    #[error("its path leaves the archive")]
    Leaves,
    /// It is neither a file nor a folder.
    #[error("it is {0}, and only files and folders are read")]
    Kind(&'static str),
    /// It is there more than once.
    #[error("it is there twice")]
    Twice,
    /// It is in no image layout.
    #[error("it is no part of an image layout")]
    Foreign,
    /// There are too many files.
    #[error("it has more than {0} files")]
    TooMany(usize),
    /// It is too large.
    #[error("it has {size} bytes, and at most {limit} are read")]
    TooLarge {
        /// How large it is.
        size: u64,
        /// How large it may be.
        limit: u64,
    },
    /// It is not there.
    #[error("it is missing")]
    Missing,
    /// It is not what its name says.
    #[error("its content has the digest {0}")]
    Digest(Digest),
    /// It is not as large as is said elsewhere.
    #[error("it has {found} bytes, and {stated} are stated")]
    Size {
        /// How large it is.
        found: u64,
        /// How large it should be.
        stated: u64,
    },
    /// It cannot be read as what it should be.
    #[error("it is not {expected}: {reason}")]
    Document {
        /// What it should be, such as `a manifest`.
        expected: &'static str,
        /// Why it is not.
        reason: String,
    },
    /// It is of another version or type.
    #[error("its {what} is `{}`, and this host reads `{expected}`", found.escape_default())]
    Format {
        /// What is meant, such as `media type`.
        what: &'static str,
        /// What it is.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// There is not just one model.
    #[error("it holds {0} manifests that are no signatures, and one is expected")]
    NotOne(usize),
    /// Nothing points at it.
    #[error("nothing in the archive points at it")]
    Unreferenced,
    /// A part of the model is no layer.
    #[error("{role}, {digest}, is not among its layers")]
    Unlisted {
        /// What it is to the model.
        role: String,
        /// Its digest.
        digest: Digest,
    },
    /// There is no signature.
    #[error("it is not signed")]
    Unsigned,
    /// The signature was made with another key.
    #[error("it was signed with another key: {0}")]
    OtherKey(String),
    /// The signature is wrong.
    #[error("the signature does not match what it signs")]
    BadSignature,
    /// The signature is of another manifest.
    #[error("it signs another manifest, {0}")]
    OtherManifest(Digest),
    /// The files are not those that were signed.
    #[error("the files are not those that were signed{0}")]
    Differs(Difference),
}

/// How the files of an archive differ from those that were signed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Files that were not signed.
    pub added: Vec<String>,
    /// Files whose content was another one.
    pub changed: Vec<String>,
    /// Files that were signed and are not there.
    pub missing: Vec<String>,
}

impl Difference {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.missing.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (word, files) in [
            ("added", &self.added),
            ("changed", &self.changed),
            ("missing", &self.missing),
        ] {
            for file in files {
                write!(formatter, "\n  {word:8} {}", file.escape_default())?;
            }
        }
        Ok(())
    }
}

impl Problem {
    /// For a text that cannot be read as what it should be.
    pub(crate) fn document(expected: &'static str, reason: impl fmt::Display) -> Self {
        let reason = visible(&reason.to_string());
        Self::Document { expected, reason }
    }

    /// For what cannot be read as a tar archive.
    pub(crate) fn not_tar(error: &io::Error) -> Self {
        Self::NotTar(visible(&error.to_string()))
    }

    /// Refuses a type or a version that is not the expected one.
    pub(crate) fn expect(what: &'static str, found: &str, expected: &str) -> Result<(), Self> {
        match found == expected {
            true => Ok(()),
            false => Err(Self::Format {
                what,
                found: found.to_owned(),
                expected: expected.to_owned(),
            }),
        }
    }
}

/// A text of the archive without the characters that a terminal obeys.
pub(crate) fn visible(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

impl From<InvalidDigest> for Problem {
    fn from(error: InvalidDigest) -> Self {
        Self::document("a digest", error)
    }
}

impl Error {
    /// For `map_err` where the operating system was asked to do `task` to `path`.
    pub(crate) fn io(
        task: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { task, path, source }
    }

    /// What the user can do, if there is something to say.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Store(error) => return error.hint(),
            Self::NotEmpty { .. } => "name a folder that is not there yet, or a .tar file",
            Self::Compressed { .. } => "name a .tar file, and compress it afterwards if you like",
            Self::Key { hint, .. } => hint,
            Self::Refused { problem, .. } => problem.hint()?,
            _ => return None,
        };
        Some(text.to_owned())
    }
}

impl Problem {
    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotTar(_) => {
                "an archive is a tar file or a folder as `host models export` writes it, and is \
                 not compressed"
            }
            Self::CutOff | Self::Digest(_) | Self::Size { .. } | Self::Missing => {
                "the archive was damaged or changed on its way: get it again from where it was \
                 exported"
            }
            Self::Leaves | Self::Kind(_) | Self::Twice | Self::Foreign | Self::Unreferenced => {
                "no host has written this archive as it is: ask whoever gave it to you"
            }
            Self::Format { .. } => {
                "it may come from a later release: install that one or a later one"
            }
            Self::Unsigned => "export it with `--sign KEY`, or import it without `--verify`",
            Self::OtherKey(_) => "ask whoever signed it for the public key",
            Self::BadSignature | Self::OtherManifest(_) | Self::Differs(_) => {
                "do not trust this archive: it was changed after it was signed"
            }
            _ => return None,
        })
    }
}
