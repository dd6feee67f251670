//! What can go wrong between a pipeline and its model.

use mlhost_pipeline::Diagnostics;

/// What this crate reports.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The pipeline is wrong: each mistake with its place in the file.
    #[error(transparent)]
    Pipeline(#[from] Diagnostics),
    /// A plugin failed, or the sandbox did.
    #[error(transparent)]
    Sandbox(#[from] mlhost_sandbox::Error),
    /// A plugin was not found.
    #[error(transparent)]
    Packages(#[from] mlhost_packages::Error),
    /// Data cannot be read or written.
    #[error(transparent)]
    Data(#[from] mlhost_data::Error),
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] mlhost_store::Error),
    /// A model cannot be applied to this data.
    #[error("model `{model}` cannot be applied to this data: {reason}")]
    NotApplicable {
        /// The model.
        model: String,
        /// Why.
        reason: String,
    },
    /// A model version has no reference profile.
    #[error("model `{0}` keeps no profile of its training data")]
    NoReference(String),
    /// There is nothing to read.
    #[error("data `{data}` has no rows: {reason}")]
    NoRows {
        /// The data, or a side of its split.
        data: String,
        /// Where its rows have gone.
        reason: String,
        /// Whether the pipeline has selected them away.
        is_selected: bool,
    },
    /// The run was cancelled.
    #[error("the run was cancelled")]
    Cancelled,
    /// A thread of the host panicked: a fault in the host itself.
    #[error("a thread of the host ended early: {0}")]
    Thread(String),
    /// A record names a blob by something that is no digest.
    #[error(transparent)]
    Digest(#[from] mlhost_store::InvalidDigest),
    /// A record cannot be written as JSON.
    #[error("a record cannot be written: {0}")]
    Record(#[from] serde_json::Error),
}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What the person in front of the screen can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sandbox(error) => error.hint(),
            Self::Packages(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::NoRows {
                is_selected: true, ..
            } => Some(
                "select more of the data; a null fails every comparison but `is null`".to_owned(),
            ),
            Self::NoRows {
                is_selected: false, ..
            } => {
                Some("see that what writes the data has written its rows before the run".to_owned())
            }
            Self::Data(mlhost_data::Error::NoTime { column, .. }) => Some(format!(
                "add `[\"{column}\", \"is not null\"]` to the `where` of the data"
            )),
            Self::NotApplicable { model, .. } => Some(format!(
                "`host models show {model}` lists the columns that it needs"
            )),
            Self::NoReference(_) => {
                Some("a pipeline with a drift step keeps one with its model".to_owned())
            }
            Self::Data(error) => error.hint(),
            _ => None,
        }
    }
}

/// An error with its causes, in one line.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        cause = error.source();
    }
    text
}
