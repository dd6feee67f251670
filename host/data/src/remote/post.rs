//! Sends something to a web server, which is asked for nothing: whether it has taken it is all that
//! is read of its answer.

use std::time::Duration;

use super::connector;

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
/// When the server cannot be reached within the time, or answers with another status than 2xx.
pub fn post_json(url: &str, body: &[u8], timeout: Duration) -> Result<(), PostError> {
    let request = connector::agent()
        .post(url)
        .header("content-type", "application/json")
        .config()
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .build();
    let answer = request.send(body).map_err(|error| PostError {
        is_transient: connector::is_transient(&error),
        reason: match error {
            // In its own words.
            ureq::Error::Io(error) => error.to_string(),
            // It may name the address.
            ureq::Error::BadUri(_) => "it is no address of a web server".to_owned(),
            error => error.to_string(),
        },
    })?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    Err(PostError {
        is_transient: status.is_server_error() || matches!(status.as_u16(), 408 | 429),
        reason: format!("the server answered {status}"),
    })
}
