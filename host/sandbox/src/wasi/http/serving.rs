//! The half of the interface that is for servers. No plugin is one, so none of these things exist,
//! and none can be made.

use wasmtime::component::Resource;

use super::{Fields, IncomingBody, Nobody, OutgoingBody};
use crate::{
    session::Session,
    wasi::bindings::http_types::{self, ErrorCode, Method, Scheme},
};

impl Session {
    /// There is none, so whoever has one has made it up.
    fn nobody<T>(&self, nobody: &Resource<Nobody>) -> wasmtime::Result<T> {
        match *self.resources.get(nobody)? {}
    }
}

impl http_types::HostIncomingRequest for Session {
    fn method(&mut self, request: Resource<Nobody>) -> wasmtime::Result<Method> {
        self.nobody(&request)
    }

    fn path_with_query(&mut self, request: Resource<Nobody>) -> wasmtime::Result<Option<String>> {
        self.nobody(&request)
    }

    fn scheme(&mut self, request: Resource<Nobody>) -> wasmtime::Result<Option<Scheme>> {
        self.nobody(&request)
    }

    fn authority(&mut self, request: Resource<Nobody>) -> wasmtime::Result<Option<String>> {
        self.nobody(&request)
    }

    fn headers(&mut self, request: Resource<Nobody>) -> wasmtime::Result<Resource<Fields>> {
        self.nobody(&request)
    }

    fn consume(
        &mut self,
        request: Resource<Nobody>,
    ) -> wasmtime::Result<Result<Resource<IncomingBody>, ()>> {
        self.nobody(&request)
    }

    fn drop(&mut self, request: Resource<Nobody>) -> wasmtime::Result<()> {
        self.nobody(&request)
    }
}

impl http_types::HostResponseOutparam for Session {
    fn send_informational(
        &mut self,
        outparam: Resource<Nobody>,
        _: u16,
        _: Resource<Fields>,
    ) -> wasmtime::Result<Result<(), ErrorCode>> {
        self.nobody(&outparam)
    }

    fn set(
        &mut self,
        outparam: Resource<Nobody>,
        _: Result<Resource<Nobody>, ErrorCode>,
    ) -> wasmtime::Result<()> {
        self.nobody(&outparam)
    }

    fn drop(&mut self, outparam: Resource<Nobody>) -> wasmtime::Result<()> {
        self.nobody(&outparam)
    }
}

impl http_types::HostOutgoingResponse for Session {
    fn new(&mut self, _: Resource<Fields>) -> wasmtime::Result<Resource<Nobody>> {
        Err(wasmtime::format_err!("a plugin answers no requests"))
    }

    fn status_code(&mut self, response: Resource<Nobody>) -> wasmtime::Result<u16> {
        self.nobody(&response)
    }

    fn set_status_code(
        &mut self,
        response: Resource<Nobody>,
        _: u16,
    ) -> wasmtime::Result<Result<(), ()>> {
        self.nobody(&response)
    }

    fn headers(&mut self, response: Resource<Nobody>) -> wasmtime::Result<Resource<Fields>> {
        self.nobody(&response)
    }

    fn body(
        &mut self,
        response: Resource<Nobody>,
    ) -> wasmtime::Result<Result<Resource<OutgoingBody>, ()>> {
        self.nobody(&response)
    }

    fn drop(&mut self, response: Resource<Nobody>) -> wasmtime::Result<()> {
        self.nobody(&response)
    }
}
