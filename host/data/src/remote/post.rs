//! Sends something to a web server, by the same client that reads remote files.

use std::time::Duration;

use super::connector;
use crate::PostError;

/// See [`crate::post_json`].
pub(crate) fn post_json(url: &str, body: &[u8], timeout: Duration) -> Result<(), PostError> {
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
