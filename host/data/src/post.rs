//! Sends something to a web server, which is asked for nothing: whether it has taken it is all that
//! is read of its answer.

use std::time::Duration;

/// Why a server has not taken what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct PostError {
    /// What the server or the connection said; without the address.
    pub reason: String,
    /// Whether it may take it another time.
    pub is_transient: bool,
}

/// Posts JSON to a server. Redirects are not followed: where they lead nobody has agreed to.
///
/// # Errors
/// When the server cannot be reached within the time, or answers with another status than 2xx; and
/// in a program that was built without the feature `remote`.
pub fn post_json(url: &str, body: &[u8], timeout: Duration) -> Result<(), PostError> {
    #[cfg(feature = "remote")]
    return crate::remote::post_json(url, body, timeout);
    #[cfg(not(feature = "remote"))]
    {
        let _ = (url, body, timeout);
        Err(PostError {
            reason: "this program was built without web servers".to_owned(),
            is_transient: false,
        })
    }
}
