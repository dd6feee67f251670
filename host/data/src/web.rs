//! A request to a web server for somebody who may reach this server and no other: what a plugin asks
//! for.

use std::io::Read;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Which addresses a name may stand for.
pub type AddressFilter = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// A request. Redirects are not followed, and no proxy is used: either would lead elsewhere.
#[derive(Debug, Clone)]
pub struct WebRequest {
    /// `GET` and the like.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, Vec<u8>)>,
    /// What is sent, if anything is.
    pub body: Vec<u8>,
    /// How long it may take until the last byte of the answer is read.
    pub timeout: Duration,
}

/// What a server answers.
pub struct WebAnswer {
    /// 200 and the like.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, Vec<u8>)>,
    /// What it sends, as it comes.
    pub body: Box<dyn Read + Send>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    /// The name stands for nothing.
    #[error("there is no host of that name")]
    NotFound,
    /// The name stands for addresses that may not be reached.
    #[error("the host has the address {0} only, which may not be reached")]
    Denied(IpAddr),
    /// It is no request that can be sent.
    #[error("it is no request that can be sent: {0}")]
    Invalid(String),
    /// It took too long.
    #[error("it took too long")]
    TimedOut,
    /// Nobody listens there.
    #[error("nobody answers there")]
    Refused,
    /// The connection cannot be encrypted, or not with this server.
    #[error("the connection cannot be encrypted: {0}")]
    Tls(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// Sends a request to an address that the filter lets through: names are looked up once, and what was
/// found is where the request goes.
///
/// # Errors
/// When there is no answer; and in a program that was built without the feature `remote`.
pub fn send_request(request: WebRequest, filter: AddressFilter) -> Result<WebAnswer, WebError> {
    #[cfg(feature = "remote")]
    return crate::remote::send_request(request, filter);
    #[cfg(not(feature = "remote"))]
    {
        let _ = (request, filter);
        Err(WebError::Other(
            "this program was built without web servers".to_owned(),
        ))
    }
}
