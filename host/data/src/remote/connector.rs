//! The client for HTTP under `object_store`: `ureq`, with TLS by `rustls` and the certificates of
//! the operating system. It is small, needs no compiler for C++ and no second runtime, follows
//! redirects and uses the proxy that the environment names. It blocks, so each request and each
//! block of an answer is waited for on a thread for that.

use std::io::{self, Read as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http_body::{Body, Frame};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use object_store::{ClientConfigKey, ClientOptions};
use tokio::task::{JoinHandle, spawn_blocking};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, BodyReader};

/// How long to wait for a connection, for the start of an answer, and for more of it.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(30);

/// Where machines of a cloud ask for their own role; on other machines nobody answers.
const OWN_ROLE: [&str; 2] = ["169.254.169.254", "metadata.google.internal"];
const CONNECT_OWN_ROLE: Duration = Duration::from_secs(1);

const BLOCK_BYTES: usize = 256 * 1024;

/// A connection without TLS that nobody has allowed.
#[derive(Debug, thiserror::Error)]
#[error(
    "the connection would not be encrypted: set `AWS_ALLOW_HTTP` or `AZURE_ALLOW_HTTP` to `true`, \
     or give the address as `endpoint` under `options`"
)]
struct NotEncrypted;

/// Makes clients that share their connections.
#[derive(Debug)]
pub(super) struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let allows = options.get_config_value(&ClientConfigKey::AllowHttp);
        Ok(HttpClient::new(Client {
            allows_plain: allows.as_deref() == Some("true"),
        }))
    }
}

#[derive(Debug)]
struct Client {
    allows_plain: bool,
}

#[async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if request.uri().scheme_str() != Some("https") && !self.allows_plain {
            return Err(HttpError::new(HttpErrorKind::Unknown, NotEncrypted));
        }
        let answer = spawn_blocking(move || send(request)).await;
        answer.map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?
    }
}

/// The one client of this process.
pub(super) fn agent() -> &'static Agent {
    static AGENT: OnceLock<Agent> = OnceLock::new();
    AGENT.get_or_init(|| {
        Agent::config_builder()
            .tls_config(tls())
            .user_agent(concat!("mlhost/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_per_read(Some(ANSWER))
            .build()
            .new_agent()
    })
}

/// How connections are encrypted.
pub(super) fn tls() -> TlsConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    TlsConfig::builder()
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(RootCerts::PlatformVerifier)
        .build()
}

fn send(request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let is_own_role = request
        .uri()
        .host()
        .is_some_and(|host| OWN_ROLE.contains(&host));
    let (parts, body) = request.into_parts();
    let answer = match body.as_bytes() {
        Some(bytes) if !bytes.is_empty() => {
            let request = ureq::http::Request::from_parts(parts, bytes.to_vec());
            agent().run(request)
        }
        _ => {
            let request = ureq::http::Request::from_parts(parts, ());
            match is_own_role {
                false => agent().run(request),
                true => {
                    let request = agent().configure_request(request);
                    let request = request.timeout_connect(Some(CONNECT_OWN_ROLE)).proxy(None);
                    agent().run(request.build())
                }
            }
        }
    };
    let answer = answer.map_err(|error| {
        let kind = match is_own_role {
            // Nobody will answer the next time either.
            true => HttpErrorKind::Unknown,
            false => kind(&error),
        };
        http_error(kind, error)
    })?;
    let (parts, body) = answer.into_parts();
    let body = HttpResponseBody::new(Answer::Idle(Mutex::new(Some(body.into_reader()))));
    Ok(HttpResponse::from_parts(parts, body))
}

fn http_error(kind: HttpErrorKind, error: ureq::Error) -> HttpError {
    match error {
        // In its own words.
        ureq::Error::Io(error) => HttpError::new(kind, error),
        error => HttpError::new(kind, error),
    }
}

/// Whether it may go better another time.
pub(super) fn is_transient(error: &ureq::Error) -> bool {
    kind(error) != HttpErrorKind::Unknown
}

/// What kind of failure it is, which decides whether to try again.
fn kind(error: &ureq::Error) -> HttpErrorKind {
    match error {
        ureq::Error::Timeout(_) => HttpErrorKind::Timeout,
        ureq::Error::ConnectionFailed => HttpErrorKind::Connect,
        ureq::Error::Protocol(_) => HttpErrorKind::Interrupted,
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => HttpErrorKind::Connect,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => HttpErrorKind::Timeout,
            io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => HttpErrorKind::Interrupted,
            _ => HttpErrorKind::Unknown,
        },
        _ => HttpErrorKind::Unknown,
    }
}

/// The body of an answer: at rest, or with a block being read. A thread is taken for each block
/// and given back, so that nobody who is slow to ask for the next one keeps others waiting.
enum Answer {
    Idle(Mutex<Option<BodyReader<'static>>>),
    Reading(JoinHandle<io::Result<(BodyReader<'static>, Bytes)>>),
    Ended,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        if let Self::Idle(reader) = &mut *self {
            let reader = reader.get_mut().unwrap_or_else(PoisonError::into_inner);
            *self = match reader.take() {
                Some(reader) => Self::Reading(spawn_blocking(move || block(reader))),
                None => Self::Ended,
            };
        }
        let Self::Reading(reading) = &mut *self else {
            return Poll::Ready(None);
        };
        let read = ready!(Pin::new(reading).poll(context));
        *self = Self::Ended;
        Poll::Ready(match read {
            Ok(Ok((_, bytes))) if bytes.is_empty() => None,
            Ok(Ok((reader, bytes))) => {
                *self = Self::Idle(Mutex::new(Some(reader)));
                Some(Ok(Frame::data(bytes)))
            }
            Ok(Err(error)) => {
                let error = ureq::Error::from(error);
                Some(Err(http_error(kind(&error), error)))
            }
            Err(error) => Some(Err(HttpError::new(HttpErrorKind::Unknown, error))),
        })
    }
}

/// The next block of a body; an empty one at its end.
fn block(mut reader: BodyReader<'static>) -> io::Result<(BodyReader<'static>, Bytes)> {
    let mut bytes = Vec::with_capacity(BLOCK_BYTES);
    // `take` ends with the block, or with the body.
    let limit = BLOCK_BYTES as u64;
    reader.by_ref().take(limit).read_to_end(&mut bytes)?;
    Ok((reader, bytes.into()))
}
