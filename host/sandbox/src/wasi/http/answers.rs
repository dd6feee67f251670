//! What comes back: an answer with its body.

use wasmtime::component::Resource;

use super::{Fields, FutureAnswer, FutureTrailers, IncomingBody, IncomingResponse};
use crate::{
    session::Session,
    wasi::{
        bindings::http_types::{self, ErrorCode},
        io::{InputStream, IoError, Pollable},
    },
};

type Taken<T> = wasmtime::Result<Option<Result<Result<T, ErrorCode>, ()>>>;

impl http_types::Host for Session {
    fn http_error_code(&mut self, error: Resource<IoError>) -> wasmtime::Result<Option<ErrorCode>> {
        self.resources.get(&error)?;
        Ok(None)
    }
}

impl http_types::HostFutureIncomingResponse for Session {
    fn subscribe(&mut self, _: Resource<FutureAnswer>) -> wasmtime::Result<Resource<Pollable>> {
        // It is sent when its answer is asked for.
        Ok(self.resources.push(Pollable::Ready)?)
    }

    fn get(&mut self, future: Resource<FutureAnswer>) -> Taken<Resource<IncomingResponse>> {
        let state = std::mem::replace(self.resources.get_mut(&future)?, FutureAnswer::Taken);
        let answer = match state {
            FutureAnswer::Waiting(request, timeout) => self.send(*request, timeout)?,
            FutureAnswer::Taken => return Ok(Some(Err(()))),
        };
        let answer = match answer {
            Ok(answer) => Ok(self.resources.push(answer)?),
            Err(code) => Err(code),
        };
        Ok(Some(Ok(answer)))
    }

    fn drop(&mut self, future: Resource<FutureAnswer>) -> wasmtime::Result<()> {
        self.resources.delete(future)?;
        Ok(())
    }
}

impl http_types::HostIncomingResponse for Session {
    fn status(&mut self, answer: Resource<IncomingResponse>) -> wasmtime::Result<u16> {
        Ok(self.resources.get(&answer)?.status)
    }

    fn headers(
        &mut self,
        answer: Resource<IncomingResponse>,
    ) -> wasmtime::Result<Resource<Fields>> {
        let entries = self.resources.get(&answer)?.headers.entries().to_vec();
        let headers = self.fields(entries)?.fixed();
        Ok(self.resources.push(headers)?)
    }

    fn consume(
        &mut self,
        answer: Resource<IncomingResponse>,
    ) -> wasmtime::Result<Result<Resource<IncomingBody>, ()>> {
        match self.resources.get_mut(&answer)?.body.take() {
            Some(body) => Ok(Ok(self.resources.push(IncomingBody(Some(body)))?)),
            None => Ok(Err(())),
        }
    }

    fn drop(&mut self, answer: Resource<IncomingResponse>) -> wasmtime::Result<()> {
        self.resources.delete(answer)?;
        Ok(())
    }
}

impl http_types::HostIncomingBody for Session {
    fn stream(
        &mut self,
        body: Resource<IncomingBody>,
    ) -> wasmtime::Result<Result<Resource<InputStream>, ()>> {
        match self.resources.get_mut(&body)?.0.take() {
            Some(body) => Ok(Ok(self.resources.push(InputStream::Body(body))?)),
            None => Ok(Err(())),
        }
    }

    fn finish(
        &mut self,
        body: Resource<IncomingBody>,
    ) -> wasmtime::Result<Resource<FutureTrailers>> {
        self.resources.delete(body)?;
        Ok(self.resources.push(FutureTrailers)?)
    }

    fn drop(&mut self, body: Resource<IncomingBody>) -> wasmtime::Result<()> {
        self.resources.delete(body)?;
        Ok(())
    }
}

impl http_types::HostFutureTrailers for Session {
    fn subscribe(&mut self, _: Resource<FutureTrailers>) -> wasmtime::Result<Resource<Pollable>> {
        Ok(self.resources.push(Pollable::Ready)?)
    }

    fn get(&mut self, trailers: Resource<FutureTrailers>) -> Taken<Option<Resource<Fields>>> {
        self.resources.get(&trailers)?;
        Ok(Some(Ok(Ok(None))))
    }

    fn drop(&mut self, trailers: Resource<FutureTrailers>) -> wasmtime::Result<()> {
        self.resources.delete(trailers)?;
        Ok(())
    }
}
