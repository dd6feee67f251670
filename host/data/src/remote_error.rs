//! Why a file in an object store or on a web server could not be read, as far as the server has
//! said it, and what can be done about that.

use mlhost_pipeline::Scheme;

/// Why a remote file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// There is nothing under this address.
    #[error("it is not there: the server answered {answer}")]
    NotFound {
        /// The status, and what the server said besides.
        answer: String,
        /// What is there instead.
        near: Option<String>,
    },
    /// The server knows who asks and does not let them, or wants to know who asks.
    #[error("the server refused it: {answer}")]
    Refused {
        /// The status, and what the server said besides.
        answer: String,
    },
    /// Any other answer that is no success, to the last attempt of several.
    #[error("the server answered {answer}")]
    Answered {
        /// The status, and what the server said besides.
        answer: String,
    },
    /// The server could not be reached, or did not answer, also not when asked again.
    #[error("the server did not answer: {reason}")]
    Unreachable {
        /// What the connection said.
        reason: String,
    },
    /// An answer broke off, also when asked again for the rest.
    #[error("the answer broke off: {reason}")]
    CutOff {
        /// What the connection said.
        reason: String,
    },
    /// The store could not be asked, for lack of credentials for example.
    #[error("{reason}")]
    Store {
        /// Why not.
        reason: String,
    },
    /// This build can read files of this machine only.
    #[error("this build of the host reads files of this machine only")]
    NotBuilt,
}

impl RemoteError {
    /// What the person in front of the screen can do about it.
    pub(crate) fn hint(&self, scheme: Scheme) -> Option<String> {
        Some(match self {
            Self::NotFound { near, .. } => return near.clone(),
            Self::Refused { .. } | Self::Store { .. } => match scheme {
                Scheme::Web => {
                    "does the address open in a browser that is not signed in? One that \
                                is signed may have expired"
                        .to_owned()
                }
                _ => format!(
                    "credentials come from {}; public data needs `options = {{ anonymous = true }}` \
                     in the pipeline, or `{}=true` in the environment",
                    scheme.secrets(),
                    anonymous_variable(scheme)
                ),
            },
            Self::Answered { .. } => return None,
            Self::Unreachable { .. } => match scheme {
                Scheme::Web => {
                    "is the name of the server right, and is there a network?".to_owned()
                }
                _ => "is there a network, and is the `endpoint` right? Another than the usual one \
                      is stated under `options`"
                    .to_owned(),
            },
            Self::CutOff { .. } => "run it again when the network is better".to_owned(),
            Self::NotBuilt => {
                "copy the file here, or build with `--features remote`, which is the default"
                    .to_owned()
            }
        })
    }
}

fn anonymous_variable(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::GoogleCloud => "GOOGLE_SKIP_SIGNATURE",
        Scheme::Azure => "AZURE_SKIP_SIGNATURE",
        Scheme::S3 | Scheme::Web => "AWS_SKIP_SIGNATURE",
    }
}
