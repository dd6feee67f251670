//! Requests to web servers.

use super::bindings::wasi::{
    http::{
        outgoing_handler::handle,
        types::{
            ErrorCode, Fields, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme,
        },
    },
    io::streams::StreamError,
};

/// What a server answers to a text that is posted to it: `http://host:port/path|text`.
pub(super) fn post(of: &str) -> String {
    let (url, text) = of.split_once('|').unwrap_or((of, ""));
    match answer(url, text) {
        Ok((status, kind, body)) => format!("{status} {kind} {body}"),
        Err(code) => format!("{code:?}"),
    }
}

fn answer(url: &str, text: &str) -> Result<(u16, String, String), ErrorCode> {
    let (scheme, rest) = match url.split_once("://") {
        Some(("http", rest)) => (Scheme::Http, rest),
        Some((_, rest)) => (Scheme::Https, rest),
        None => return Err(ErrorCode::HttpRequestUriInvalid),
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let headers = Fields::new();
    let _ = headers.append("x-asked-by", b"hostile");
    let request = OutgoingRequest::new(headers);
    let _ = request.set_method(&Method::Post);
    let _ = request.set_scheme(Some(&scheme));
    if request.set_authority(Some(authority)).is_err() {
        return Err(ErrorCode::HttpRequestUriInvalid);
    }
    let _ = request.set_path_with_query(Some(&format!("/{path}")));
    let body = request.body().map_err(|()| ErrorCode::HttpProtocolError)?;
    let future = handle(request, None)?;
    let stream = body.write().map_err(|()| ErrorCode::HttpProtocolError)?;
    let _ = stream.blocking_write_and_flush(text.as_bytes());
    drop(stream);
    OutgoingBody::finish(body, None)?;
    future.subscribe().block();
    let response: IncomingResponse = match future.get() {
        Some(Ok(response)) => response?,
        _ => return Err(ErrorCode::HttpProtocolError),
    };
    let kind = response.headers().get("content-type");
    let kind = kind
        .first()
        .map(|kind| String::from_utf8_lossy(kind).into_owned());
    let body = response
        .consume()
        .map_err(|()| ErrorCode::HttpProtocolError)?;
    let stream = body.stream().map_err(|()| ErrorCode::HttpProtocolError)?;
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(64) {
            Ok(more) => bytes.extend(more),
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(error)) => {
                return Err(ErrorCode::InternalError(Some(error.to_debug_string())));
            }
        }
    }
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Ok((response.status(), kind.unwrap_or_default(), body))
}
