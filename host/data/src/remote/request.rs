//! Sends a request, by a client of its own: nothing of one request is left for the next.

use std::fmt;
use std::io;
use std::net::IpAddr;

use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, config::Config};

use super::connector;
use crate::web::{AddressFilter, WebAnswer, WebError, WebRequest};

/// Looks names up, and lets through only the addresses that may be reached.
struct Filtered {
    resolver: DefaultResolver,
    filter: AddressFilter,
}

/// Why a name was not looked up: what it stands for may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("the address {0} may not be reached")]
struct Denied(IpAddr);

impl fmt::Debug for Filtered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Filtered").finish_non_exhaustive()
    }
}

impl Resolver for Filtered {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.resolver.resolve(uri, config, timeout)?;
        let mut allowed = self.empty();
        let mut denied = None;
        for address in found.iter() {
            match (self.filter)(address.ip()) {
                true => allowed.push(*address),
                false => denied = Some(address.ip()),
            }
        }
        match denied {
            Some(address) if allowed.is_empty() => {
                Err(ureq::Error::Io(io::Error::other(Denied(address))))
            }
            _ => Ok(allowed),
        }
    }
}

/// See [`crate::send_request`].
pub(crate) fn send_request(
    request: WebRequest,
    filter: AddressFilter,
) -> Result<WebAnswer, WebError> {
    let config = Agent::config_builder()
        .tls_config(connector::tls())
        .user_agent("")
        .accept("")
        .accept_encoding("")
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .allow_non_standard_methods(true)
        .timeout_global(Some(request.timeout))
        .build();
    let resolver = Filtered {
        resolver: DefaultResolver::default(),
        filter,
    };
    let agent = Agent::with_parts(config, DefaultConnector::new(), resolver);
    let mut built = ureq::http::Request::builder()
        .method(request.method.as_str())
        .uri(request.url.as_str());
    for (name, value) in &request.headers {
        built = built.header(name.as_str(), value.as_slice());
    }
    let invalid = |error: ureq::http::Error| WebError::Invalid(error.to_string());
    let answer = match request.body.is_empty() {
        true => agent.run(built.body(()).map_err(invalid)?),
        false => {
            let built = built.body(request.body).map_err(invalid)?;
            let built = agent.configure_request(built);
            agent.run(built.allow_non_standard_methods(true).build())
        }
    };
    let (parts, body) = answer.map_err(web_error)?.into_parts();
    let headers = parts.headers.iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    Ok(WebAnswer {
        status: parts.status.as_u16(),
        headers: headers.collect(),
        body: Box::new(body.into_reader()),
    })
}

fn web_error(error: ureq::Error) -> WebError {
    match error {
        ureq::Error::Timeout(_) => WebError::TimedOut,
        ureq::Error::HostNotFound => WebError::NotFound,
        ureq::Error::ConnectionFailed => WebError::Refused,
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => WebError::Invalid(error.to_string()),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => WebError::Tls(error.to_string()),
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => WebError::Refused,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => WebError::TimedOut,
            _ => match error
                .get_ref()
                .and_then(|cause| cause.downcast_ref::<Denied>())
            {
                Some(Denied(address)) => WebError::Denied(*address),
                // A name that cannot be looked up has no kind of its own.
                None if error.to_string().contains("lookup address") => WebError::NotFound,
                None => WebError::Other(error.to_string()),
            },
        },
        error => WebError::Other(error.to_string()),
    }
}
