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
struct Filtered<R> {
    resolver: R,
    filter: AddressFilter,
}

/// Why a name was not looked up: what it stands for may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("the address {0} may not be reached")]
struct Denied(IpAddr);

impl<R> fmt::Debug for Filtered<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Filtered").finish_non_exhaustive()
    }
}

impl<R: Resolver> Resolver for Filtered<R> {
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
    send(request, filter, DefaultResolver::default())
}

fn send(
    request: WebRequest,
    filter: AddressFilter,
    resolver: impl Resolver,
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
    let resolver = Filtered { resolver, filter };
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

#[cfg(all(test, target_os = "linux"))]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, SocketAddr, TcpListener};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// An address of this machine that stands for one of the wide world, and one that does not.
    const OUTSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
    const INSIDE: Ipv4Addr = Ipv4Addr::LOCALHOST;

    /// A name whose owner gives one address after the other, and the last one for good.
    #[derive(Clone, Debug)]
    struct Rebinding {
        addresses: Arc<[SocketAddr]>,
        asked: Arc<AtomicUsize>,
    }

    impl Rebinding {
        fn new(addresses: &[SocketAddr]) -> Self {
            Self {
                addresses: addresses.into(),
                asked: Arc::default(),
            }
        }
    }

    impl Resolver for Rebinding {
        fn resolve(
            &self,
            _: &Uri,
            _: &Config,
            _: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, ureq::Error> {
            let asked = self.asked.fetch_add(1, Ordering::Relaxed);
            let mut found = self.empty();
            found.push(self.addresses[asked.min(self.addresses.len() - 1)]);
            Ok(found)
        }
    }

    /// A place that must not be come to.
    fn trap() -> TcpListener {
        let trap = TcpListener::bind((INSIDE, 0)).unwrap();
        trap.set_nonblocking(true).unwrap();
        trap
    }

    fn assert_untouched(trap: &TcpListener) {
        let error = trap.accept().map(drop).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    }

    fn ask(rebinding: &Rebinding) -> Result<WebAnswer, WebError> {
        let request = WebRequest {
            method: "POST".to_owned(),
            url: "http://rebinding.example/".to_owned(),
            headers: vec![],
            body: b"a question".to_vec(),
            timeout: Duration::from_secs(60),
        };
        let filter = Arc::new(|address| address == IpAddr::from(OUTSIDE));
        send(request, filter, rebinding.clone())
    }

    #[test]
    fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
        let (outside, trap) = (TcpListener::bind((OUTSIDE, 0)).unwrap(), trap());
        let addresses = [&outside, &trap].map(|listener| listener.local_addr().unwrap());
        let rebinding = Rebinding::new(&addresses);
        let answering = thread::spawn(move || {
            let (mut stream, _) = outside.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nan answer")
                .unwrap();
        });
        let mut answer = String::new();
        let mut body = ask(&rebinding).unwrap().body;
        body.read_to_string(&mut answer).unwrap();
        answering.join().unwrap();
        assert_eq!(answer, "an answer");
        assert_eq!(rebinding.asked.load(Ordering::Relaxed), 1);
        assert_untouched(&trap);

        // The name stands for the inside by now.
        assert_denied(ask(&rebinding));
        assert_untouched(&trap);
    }

    #[test]
    fn nothing_is_looked_up_again_when_a_connection_fails() {
        // Nobody listens there any more.
        let gone = {
            let listener = TcpListener::bind((OUTSIDE, 0)).unwrap();
            listener.local_addr().unwrap()
        };
        let trap = trap();
        let rebinding = Rebinding::new(&[gone, trap.local_addr().unwrap()]);
        assert!(matches!(ask(&rebinding), Err(WebError::Refused)));
        assert_eq!(rebinding.asked.load(Ordering::Relaxed), 1);
        assert_untouched(&trap);
    }

    fn assert_denied(answer: Result<WebAnswer, WebError>) {
        let error = answer.map(drop).unwrap_err();
        assert_eq!(error, WebError::Denied(INSIDE.into()));
    }
}
