//! What a plugin sends: a request with its body, and what it wants of the connection.

use wasmtime::component::Resource;

use super::{Fields, OutgoingBody, OutgoingRequest, RequestOptions, SharedBody};
use crate::{
    session::Session,
    wasi::{
        bindings::http_types::{self, ErrorCode, Method, Scheme},
        io::OutputStream,
    },
};

/// Sets something, which may not be what it is to be.
type Set = wasmtime::Result<Result<(), ()>>;
type Optional<T> = wasmtime::Result<Option<T>>;

/// How many bytes a path has at most, with its query.
const PATH: usize = 8 << 10;

/// How many bytes a host has at most, with its port: RFC 1035 has 253 for a name.
const AUTHORITY: usize = 260;

/// How many letters the name of a method has.
const METHOD: usize = 32;

/// A text that can stand in an address, which has no blanks and no line ends.
fn is_plain(text: &str, longest: usize) -> bool {
    text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Session {
    fn set<T: 'static>(&mut self, of: &Resource<T>, set: impl FnOnce(&mut T) -> bool) -> Set {
        Ok(match set(self.resources.get_mut(of)?) {
            true => Ok(()),
            false => Err(()),
        })
    }
}

impl http_types::HostOutgoingRequest for Session {
    fn new(&mut self, headers: Resource<Fields>) -> wasmtime::Result<Resource<OutgoingRequest>> {
        let body = SharedBody::new(self.holdings.body());
        let request = OutgoingRequest {
            method: Method::Get,
            scheme: None,
            authority: None,
            path: None,
            headers: self.resources.delete(headers)?.fixed(),
            body,
            has_given_body: false,
        };
        Ok(self.resources.push(request)?)
    }

    fn body(
        &mut self,
        request: Resource<OutgoingRequest>,
    ) -> wasmtime::Result<Result<Resource<OutgoingBody>, ()>> {
        let request = self.resources.get_mut(&request)?;
        if request.has_given_body {
            return Ok(Err(()));
        }
        request.has_given_body = true;
        let body = OutgoingBody {
            body: request.body.clone(),
            has_given_stream: false,
        };
        Ok(Ok(self.resources.push(body)?))
    }

    fn method(&mut self, request: Resource<OutgoingRequest>) -> wasmtime::Result<Method> {
        Ok(self.resources.get(&request)?.method.clone())
    }

    fn set_method(&mut self, request: Resource<OutgoingRequest>, method: Method) -> Set {
        let is_word = match &method {
            Method::Other(word) => {
                let is_letter = |byte: u8| byte.is_ascii_alphabetic();
                (1..=METHOD).contains(&word.len()) && word.bytes().all(is_letter)
            }
            _ => true,
        };
        self.set(&request, |request| {
            if is_word {
                request.method = method;
            }
            is_word
        })
    }

    fn path_with_query(&mut self, request: Resource<OutgoingRequest>) -> Optional<String> {
        Ok(self.resources.get(&request)?.path.clone())
    }

    fn set_path_with_query(
        &mut self,
        request: Resource<OutgoingRequest>,
        path: Option<String>,
    ) -> Set {
        let starts = path
            .iter()
            .all(|path| is_plain(path, PATH) && path.starts_with(['/', '?']));
        let is_empty = path.as_ref().is_some_and(String::is_empty);
        self.set(&request, |request| {
            let is_path = starts || is_empty;
            if is_path {
                request.path = path.filter(|path| !path.is_empty());
            }
            is_path
        })
    }

    fn scheme(&mut self, request: Resource<OutgoingRequest>) -> Optional<Scheme> {
        Ok(self.resources.get(&request)?.scheme.clone())
    }

    fn set_scheme(&mut self, request: Resource<OutgoingRequest>, scheme: Option<Scheme>) -> Set {
        self.set(&request, |request| {
            let is_known = !matches!(scheme, Some(Scheme::Other(_)));
            if is_known {
                request.scheme = scheme;
            }
            is_known
        })
    }

    fn authority(&mut self, request: Resource<OutgoingRequest>) -> Optional<String> {
        Ok(self.resources.get(&request)?.authority.clone())
    }

    fn set_authority(
        &mut self,
        request: Resource<OutgoingRequest>,
        authority: Option<String>,
    ) -> Set {
        let is_host =
            |text: &String| is_plain(text, AUTHORITY) && !text.contains(['/', '?', '#', '@', '\\']);
        self.set(&request, |request| {
            let is_host = authority.iter().all(is_host);
            if is_host {
                request.authority = authority;
            }
            is_host
        })
    }

    fn headers(
        &mut self,
        request: Resource<OutgoingRequest>,
    ) -> wasmtime::Result<Resource<Fields>> {
        let entries = self.resources.get(&request)?.headers.entries().to_vec();
        let headers = self.fields(entries)?.fixed();
        Ok(self.resources.push(headers)?)
    }

    fn drop(&mut self, request: Resource<OutgoingRequest>) -> wasmtime::Result<()> {
        self.resources.delete(request)?;
        Ok(())
    }
}

impl http_types::HostOutgoingBody for Session {
    fn write(
        &mut self,
        body: Resource<OutgoingBody>,
    ) -> wasmtime::Result<Result<Resource<OutputStream>, ()>> {
        let body = self.resources.get_mut(&body)?;
        if body.has_given_stream {
            return Ok(Err(()));
        }
        body.has_given_stream = true;
        let stream = OutputStream::Body(body.body.clone());
        Ok(Ok(self.resources.push(stream)?))
    }

    fn finish(
        &mut self,
        body: Resource<OutgoingBody>,
        trailers: Option<Resource<Fields>>,
    ) -> wasmtime::Result<Result<(), ErrorCode>> {
        self.resources.delete(body)?;
        Ok(match trailers {
            // The body is sent with its length, after which nothing comes.
            Some(trailers) => {
                self.resources.delete(trailers)?;
                Err(ErrorCode::HttpRequestTrailerSectionSize(None))
            }
            None => Ok(()),
        })
    }

    fn drop(&mut self, body: Resource<OutgoingBody>) -> wasmtime::Result<()> {
        self.resources.delete(body)?;
        Ok(())
    }
}

impl http_types::HostRequestOptions for Session {
    fn new(&mut self) -> wasmtime::Result<Resource<RequestOptions>> {
        Ok(self.resources.push(RequestOptions::default())?)
    }

    fn connect_timeout(&mut self, options: Resource<RequestOptions>) -> Optional<u64> {
        Ok(self.resources.get(&options)?.connect)
    }

    fn set_connect_timeout(&mut self, options: Resource<RequestOptions>, to: Option<u64>) -> Set {
        self.set(&options, |options| {
            options.connect = to;
            true
        })
    }

    fn first_byte_timeout(&mut self, options: Resource<RequestOptions>) -> Optional<u64> {
        Ok(self.resources.get(&options)?.first_byte)
    }

    fn set_first_byte_timeout(
        &mut self,
        options: Resource<RequestOptions>,
        to: Option<u64>,
    ) -> Set {
        self.set(&options, |options| {
            options.first_byte = to;
            true
        })
    }

    fn between_bytes_timeout(&mut self, options: Resource<RequestOptions>) -> Optional<u64> {
        Ok(self.resources.get(&options)?.between_bytes)
    }

    fn set_between_bytes_timeout(
        &mut self,
        options: Resource<RequestOptions>,
        to: Option<u64>,
    ) -> Set {
        self.set(&options, |options| {
            options.between_bytes = to;
            true
        })
    }

    fn drop(&mut self, options: Resource<RequestOptions>) -> wasmtime::Result<()> {
        self.resources.delete(options)?;
        Ok(())
    }
}
