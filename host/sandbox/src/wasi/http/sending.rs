//! Whether a request may be sent, and sending it.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use mlhost_data::{AddressFilter, WebError, WebRequest, send_request};
use mlhost_pipeline::AllowedHost;
use wasmtime::component::Resource;

use super::{
    FutureAnswer, IncomingResponse, OutgoingRequest, RequestOptions, addresses::is_public,
};
use crate::{
    session::Session,
    wasi::{
        bindings::{
            http_types::{DnsErrorPayload, ErrorCode, Method, Scheme},
            outgoing_handler,
        },
        holdings::Held,
    },
};

/// How long a request takes at most where neither step nor plugin says.
const LONGEST: Duration = Duration::from_secs(60);

impl outgoing_handler::Host for Session {
    fn handle(
        &mut self,
        request: Resource<OutgoingRequest>,
        options: Option<Resource<RequestOptions>>,
    ) -> wasmtime::Result<Result<Resource<FutureAnswer>, ErrorCode>> {
        let request = self.resources.delete(request)?;
        let timeout = match options {
            Some(options) => {
                let options = self.resources.delete(options)?;
                let all = [options.connect, options.first_byte];
                let given = all.into_iter().flatten();
                given.reduce(u64::saturating_add)
            }
            None => None,
        };
        let Some(host) = host_of(&request) else {
            return Ok(Err(ErrorCode::HttpRequestUriInvalid));
        };
        if !self.context.grants.allow.network.contains(&host) {
            self.refuse(
                &format!("send an HTTP request to `{host}`"),
                &format!("network = [\"{host}\"]"),
            );
            return Ok(Err(ErrorCode::HttpRequestDenied));
        }
        let future = FutureAnswer::Waiting(Box::new(request), timeout);
        Ok(Ok(self.resources.push(future)?))
    }
}

impl Session {
    /// Sends a request to where it may go, and gives the answer without its body.
    pub(super) fn send(
        &mut self,
        request: OutgoingRequest,
        timeout: Option<u64>,
    ) -> wasmtime::Result<Result<IncomingResponse, ErrorCode>> {
        self.check_time()?;
        let slot = self.holdings.open()?;
        let Some(host) = host_of(&request) else {
            return Ok(Err(ErrorCode::HttpRequestUriInvalid));
        };
        let wanted = timeout.map_or(LONGEST, Duration::from_nanos);
        let deadline = self.context.deadline;
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let scheme = match request.scheme {
            Some(Scheme::Http) => "http",
            _ => "https",
        };
        let path = request.path.as_deref().unwrap_or("/");
        let slash = if path.starts_with('?') { "/" } else { "" };
        let sent = send_request(
            WebRequest {
                method: method(&request.method).to_owned(),
                url: format!("{scheme}://{host}{slash}{path}"),
                headers: request.headers.entries().to_vec(),
                body: request.body.take(),
                timeout: left.map_or(wanted, |left| left.min(wanted)),
            },
            self.filter(&host),
        );
        self.check_time()?;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) => {
                if let WebError::Denied(address) = error {
                    let address = AllowedHost {
                        host: address.to_string(),
                        port: host.port,
                    };
                    self.refuse(
                        &format!("send an HTTP request to `{host}`, which is at `{address}` in a private network"),
                        &format!("network = [\"{host}\", \"{address}\"]"),
                    );
                }
                return Ok(Err(code(&error)));
            }
        };
        Ok(Ok(IncomingResponse {
            status: answer.status,
            headers: self.fields(answer.headers)?.fixed(),
            body: Some(Box::new(Held::new(answer.body, slot))),
        }))
    }

    /// Addresses of the wide world, and those that the step names themselves.
    fn filter(&self, host: &AllowedHost) -> AddressFilter {
        let network = self.context.grants.allow.network.iter();
        let same_port = network.filter(|other| other.port == host.port);
        let named: Vec<IpAddr> = same_port
            .filter_map(|other| other.host.parse().ok())
            .collect();
        Arc::new(move |address| is_public(address) || named.contains(&address))
    }
}

/// Where a request goes: without a port to that of its scheme.
fn host_of(request: &OutgoingRequest) -> Option<AllowedHost> {
    let authority = request.authority.as_deref()?;
    let usual = match request.scheme {
        Some(Scheme::Http) => 80,
        _ => 443,
    };
    match authority.parse() {
        Ok(host) => Some(host),
        Err(()) => format!("{authority}:{usual}").parse().ok(),
    }
}

fn method(method: &Method) -> &str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        Method::Connect => "CONNECT",
        Method::Options => "OPTIONS",
        Method::Trace => "TRACE",
        Method::Patch => "PATCH",
        Method::Other(word) => word,
    }
}

fn code(error: &WebError) -> ErrorCode {
    match error {
        WebError::NotFound => ErrorCode::DnsError(DnsErrorPayload {
            rcode: None,
            info_code: None,
        }),
        WebError::Denied(_) => ErrorCode::DestinationIpProhibited,
        WebError::Invalid(_) => ErrorCode::HttpRequestUriInvalid,
        WebError::TimedOut => ErrorCode::HttpResponseTimeout,
        WebError::Refused => ErrorCode::ConnectionRefused,
        WebError::Tls(_) => ErrorCode::TlsProtocolError,
        WebError::Other(reason) => ErrorCode::InternalError(Some(reason.clone())),
    }
}
