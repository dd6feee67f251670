//! What can go wrong in the store. The message says what failed and where; [`Error::hint`] says
//! what to do about it, for the caller to print below.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, ffi};

use crate::name::nearest;
use crate::{Digest, RunId};

/// Results of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
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
    /// SQLite refused something.
    #[error("could not {task} in `{}`", path.display())]
    Database {
        /// What was to be done, such as `register the model`.
        task: &'static str,
        /// The database file.
        path: PathBuf,
        /// Why it could not.
        source: rusqlite::Error,
    },
    /// There is no room on the disk for the database.
    #[error("could not {task} in `{}`: there is no space left on the disk", path.display())]
    Full {
        /// What was to be done, such as `register the model`.
        task: &'static str,
        /// The database file.
        path: PathBuf,
    },
    /// There is no store where one was to be opened.
    #[error("there is no store at `{}`", path.display())]
    NoStore {
        /// The folder.
        path: PathBuf,
    },
    /// The store was written by a later release.
    #[error(
        "the store at `{}` has schema version {found}, and this host reads up to version {supported}",
        path.display()
    )]
    NewerSchema {
        /// The folder.
        path: PathBuf,
        /// The version that it has.
        found: i64,
        /// The latest version that is understood.
        supported: usize,
    },
    /// A blob is not in the store.
    #[error("the blob {digest} is not in the store: there is no file `{}`", path.display())]
    MissingBlob {
        /// The blob.
        digest: Digest,
        /// Where its file would be.
        path: PathBuf,
    },
    /// A blob's bytes are not the ones that were put there.
    #[error("the blob {digest} is damaged: the content of `{}` has the digest {found}", path.display())]
    DamagedBlob {
        /// The blob.
        digest: Digest,
        /// Its file.
        path: PathBuf,
        /// The digest of what the file holds now.
        found: Digest,
    },
    /// A document's bytes are not the ones that were put there.
    #[error("the document {digest} in the database is damaged")]
    DamagedDocument {
        /// The document.
        digest: Digest,
    },
    /// A model points at a blob that is not in the store.
    #[error("the model `{model}` cannot be registered: {role}, {digest}, is not in the store")]
    MissingPart {
        /// The name of the model.
        model: String,
        /// What the blob is to the model, such as ``the state of step `scale` ``.
        role: String,
        /// The blob.
        digest: Digest,
    },
    /// A value that JSON cannot say.
    #[error("the value cannot be written as JSON")]
    NotJson {
        /// What it stumbled over.
        source: serde_json::Error,
    },
    /// An integer that canonical JSON, whose numbers are doubles, would change.
    #[error("the integer {integer} at `{pointer}` is too large to be kept exactly in JSON")]
    InexactInteger {
        /// Where it is, as an RFC 6901 pointer.
        pointer: String,
        /// The integer.
        integer: String,
    },
    /// A blob that should be the JSON of a model or of a run's record is not.
    #[error("the blob {digest} is not {expected}")]
    InvalidDocument {
        /// The blob.
        digest: Digest,
        /// What was expected, such as `a model`.
        expected: &'static str,
        /// Why it is not one.
        source: serde_json::Error,
    },
    /// A model in a format of a later release.
    #[error("the model is in format {found}, and this host reads format {supported}")]
    ModelFormat {
        /// The format that it is in.
        found: u64,
        /// The format that is understood.
        supported: u64,
    },
    /// No run has this id.
    #[error("there is no run {id}")]
    UnknownRun {
        /// The id that was asked for.
        id: RunId,
        /// The latest run.
        latest: Option<RunId>,
    },
    /// A run was to be ended a second time.
    #[error("run {id} has ended already, with the outcome `{outcome}`")]
    RunEnded {
        /// The run.
        id: RunId,
        /// How it ended.
        outcome: crate::RunOutcome,
    },
    /// A word that cannot name a model.
    #[error("`{name}` is not a name for a model")]
    InvalidModelName {
        /// The word.
        name: String,
    },
    /// A word that cannot name an experiment.
    #[error("`{name}` is not a name for an experiment")]
    InvalidExperimentName {
        /// The word.
        name: String,
    },
    /// No version has entered an experiment of this name.
    #[error("there is no experiment `{name}`")]
    UnknownExperiment {
        /// The name that was asked for.
        name: String,
        /// The experiments there are.
        known: Vec<String>,
    },
    /// A word that cannot be an alias.
    #[error("`{alias}` is not an alias")]
    InvalidAlias {
        /// The word.
        alias: String,
    },
    /// `latest` was to be set as an alias.
    #[error("`latest` cannot be set: it always stands for the latest version")]
    ReservedAlias,
    /// A number that cannot be a version.
    #[error("`{version}` is not a version")]
    InvalidVersion {
        /// The digits as given.
        version: String,
    },
    /// No model has this name.
    #[error("there is no model `{name}`")]
    UnknownModel {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The model has no such version.
    #[error("the model `{name}` has no version {version}")]
    UnknownVersion {
        /// The model.
        name: String,
        /// The version that was asked for.
        version: u32,
        /// The versions there are, in increasing order.
        known: Vec<u32>,
    },
    /// The model has no such alias.
    #[error("the model `{name}` has no alias `{alias}`")]
    UnknownAlias {
        /// The model.
        name: String,
        /// The alias that was asked for.
        alias: String,
        /// The aliases there are.
        known: Vec<String>,
    },
    /// An alias was moved by somebody else in the meantime.
    #[error(
        "the alias `{alias}` of the model `{name}` was moved in the meantime: it stood for {}, and \
         now stands for {}",
        version_or_none(*expected),
        version_or_none(*found)
    )]
    AliasMoved {
        /// The model.
        name: String,
        /// The alias.
        alias: String,
        /// The version that it stood for.
        expected: Option<u32>,
        /// The version that it stands for now.
        found: Option<u32>,
    },
    /// An alias was to be rolled back that has only ever stood for one version.
    #[error("the alias `{alias}` of the model `{name}` has stood for no other version before")]
    NoEarlierVersion {
        /// The model.
        name: String,
        /// The alias.
        alias: String,
    },
    /// A version was to be deleted that aliases stand for.
    #[error(
        "`{name}@{version}` cannot be deleted: it is what {} for",
        standing(aliases)
    )]
    VersionInUse {
        /// The model.
        name: String,
        /// The version.
        version: u32,
        /// The aliases.
        aliases: Vec<String>,
    },
    /// A word that cannot be the key of a tag.
    #[error("`{key}` is not a key for a tag")]
    InvalidTag {
        /// The word.
        key: String,
    },
    /// The version has no tag with this key.
    #[error("`{name}@{version}` has no tag `{key}`")]
    UnknownTag {
        /// The model.
        name: String,
        /// The version.
        version: u32,
        /// The key that was asked for.
        key: String,
        /// The keys there are.
        known: Vec<String>,
    },
}

impl Error {
    /// For `map_err` where the operating system was asked to do `task` to `path`.
    pub(crate) fn io(task: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::Io { task, path, source }
    }

    /// For what SQLite refuses to do in the database file at `path`.
    pub(crate) fn database(task: &'static str, path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error().map(|error| error.extended_code) {
            // The second is that of the file which the log's readers share, and cannot grow.
            Some(ffi::SQLITE_FULL | ffi::SQLITE_IOERR_SHMSIZE) => Self::Full { task, path },
            _ => Self::Database { task, path, source },
        }
    }

    /// Whether there is no room on the disk, or no more than its user may take.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Io { source, .. } => matches!(
                source.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ),
            Self::Full { .. } => true,
            _ => false,
        }
    }

    /// What the user can do, if there is something to say.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            full if full.is_full() => {
                "make room there, or set MLHOST_STORE to a folder on a larger disk".to_owned()
            }
            Self::Database { source, .. }
                if source.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) =>
            {
                "another process was writing to it all the while: try again later".to_owned()
            }
            Self::NoStore { .. } => "`host run` makes a store beside its pipeline; \
                 set MLHOST_STORE to the folder if it is somewhere else"
                .to_owned(),
            Self::NewerSchema { .. } => {
                "the store was written by a later release: install that one or a later one"
                    .to_owned()
            }
            Self::MissingBlob { .. } | Self::MissingPart { .. } => {
                "run the pipeline again: what made it makes it again".to_owned()
            }
            Self::DamagedBlob { .. } => {
                "delete that file and run the pipeline again: what made it makes it again"
                    .to_owned()
            }
            Self::DamagedDocument { .. } => {
                "`host store verify` says what else is damaged; a copy of the folder from before has \
                 the document"
                    .to_owned()
            }
            Self::NoEarlierVersion { name, alias } => {
                format!("`host models alias {name}@VERSION {alias}` moves it to any version")
            }
            Self::VersionInUse { name, aliases, .. } => format!(
                "move {} first: `host models alias {name}@VERSION {}`",
                quoted(aliases).join(" and "),
                aliases.first().map_or("", String::as_str)
            ),
            Self::InvalidTag { .. } => "a key has lower-case letters, digits, `-`, `_` and `.`, and \
                 starts with a letter"
                .to_owned(),
            Self::UnknownTag { key, known, .. } => choice("tag", "tags", key, known),
            Self::InexactInteger { .. } => "integers are exact up to 9007199254740992 (2^53): \
                 use a smaller one, or write it as a string"
                .to_owned(),
            Self::ModelFormat { .. } => {
                "the model was written by a later release: install that one or a later one"
                    .to_owned()
            }
            Self::UnknownRun { latest, .. } => match latest {
                Some(latest) => format!("the latest run is {latest}"),
                None => "the store has no runs yet".to_owned(),
            },
            Self::InvalidModelName { .. } | Self::InvalidExperimentName { .. } => "a name has lower-case letters, digits, `-` and `_`, \
                 and starts with a letter or a digit"
                .to_owned(),
            Self::InvalidAlias { .. } => {
                "an alias has lower-case letters, digits and `-`, and starts with a letter"
                    .to_owned()
            }
            Self::AliasMoved { .. } => "run the pipeline again: it compares with that version, \
                 and computes nothing else again"
                .to_owned(),
            Self::InvalidVersion { .. } => "versions count up from 1".to_owned(),
            Self::UnknownModel { name, known } => choice("model", "models", name, known),
            Self::UnknownExperiment { name, known } => match known.as_slice() {
                [] => "`experiment = \"…\"` in a pipeline enters its models".to_owned(),
                known => choice("experiment", "experiments", name, known),
            },
            Self::UnknownAlias { alias, known, .. } => choice("alias", "aliases", alias, known),
            Self::UnknownVersion { known, .. } => {
                format!("there {}", listed("version", "versions", &quoted(known)))
            }
            _ => return None,
        })
    }
}

fn version_or_none(version: Option<u32>) -> String {
    match version {
        Some(version) => format!("version {version}"),
        None => "no version".to_owned(),
    }
}

/// `the alias `a` stands`, `the aliases `a` and `b` stand`.
fn standing(aliases: &[String]) -> String {
    match aliases {
        [alias] => format!("the alias `{alias}` stands"),
        _ => format!("the aliases {} stand", quoted(aliases).join(" and ")),
    }
}

/// The word that was meant if one is near, and what there is to choose from.
fn choice(one: &str, many: &str, word: &str, known: &[String]) -> String {
    let list = listed(one, many, &quoted(known));
    match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`? There {list}"),
        None => format!("there {list}"),
    }
}

fn quoted(words: &[impl ToString]) -> Vec<String> {
    words
        .iter()
        .map(|word| format!("`{}`", word.to_string()))
        .collect()
}

/// `is one model: …`, `are 3 models: …`, `are no models yet`; the last few where there are many.
fn listed(one: &str, many: &str, words: &[String]) -> String {
    /// More would push the message itself off the screen.
    const SHOWN: usize = 10;
    let shown = words[words.len().saturating_sub(SHOWN)..].join(", ");
    match words.len() {
        0 => format!("are no {many} yet"),
        1 => format!("is one {one}: {shown}"),
        count if count <= SHOWN => format!("are {count} {many}: {shown}"),
        count => format!("are {count} {many}, the last of them {shown}"),
    }
}
