//! Streams and polls. What is there is there at once; only the sleep of a plugin that is granted the
//! clock takes time, and ends with that of its step.

use std::{
    io::{self, Read},
    sync::Arc,
};

use cap_std::fs::File;
use wasmtime::component::Resource;

use super::{
    bindings::{
        error, poll,
        streams::{self, StreamError},
        types::ErrorCode,
    },
    holdings::Held,
    http::SharedBody,
    opening::{self, READABLE},
    world::Standard,
};
use crate::session::{Session, Stopped};

/// How many bytes are written at once.
const WRITABLE: u64 = 64 << 10;

/// How many bytes of an answer are read at once.
const BLOCK: u64 = 64 << 10;

/// What went wrong with a stream.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct IoError {
    message: String,
    /// What it is of a file.
    pub(super) code: Option<ErrorCode>,
}

/// Something that a plugin waits for.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum Pollable {
    /// It is there.
    Ready,
    /// The plugin has slept until so many nanoseconds after its start.
    Slept(u64),
}

/// Where a plugin reads from.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum InputStream {
    /// There is nothing.
    Empty,
    /// A file, from there on.
    File {
        /// The file.
        file: Arc<Held<File>>,
        /// Where it is read next.
        offset: u64,
    },
    /// What a server answers.
    Body(Box<dyn Read + Send>),
}

/// Where a plugin writes to.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum OutputStream {
    /// The log of its step.
    Standard(Standard),
    /// A file, from there on.
    File {
        /// The file.
        file: Arc<Held<File>>,
        /// Where it is written next.
        offset: u64,
    },
    /// What is sent to a server.
    Body(SharedBody),
}

type Streamed<T> = wasmtime::Result<Result<T, StreamError>>;

impl Session {
    /// Writes to the step's log, a line for each of the plugin's.
    fn write_lines(&mut self, to: Standard, bytes: &[u8]) {
        let limit = self.context.limits.text_bytes;
        for line in self.world.write(to, bytes, limit) {
            self.say(to.level(), line);
        }
    }

    /// What went wrong with a file, as streams tell it.
    fn broken<T>(&mut self, error: io::Error) -> Streamed<T> {
        let error = IoError {
            message: error.to_string(),
            code: Some(error.into()),
        };
        let error = self.resources.push(error)?;
        Ok(Err(StreamError::LastOperationFailed(error)))
    }

    /// Sleeps until the first of these, and gives those that are there then.
    fn await_one(&mut self, wanted: &[Resource<Pollable>]) -> wasmtime::Result<Vec<u32>> {
        let mut times = Vec::with_capacity(wanted.len());
        for pollable in wanted {
            times.push(match self.resources.get(pollable)? {
                Pollable::Ready => 0,
                Pollable::Slept(time) => *time,
            });
        }
        let first = times.iter().copied().min().unwrap_or_default();
        while self.world.clock.wait_until(first) {
            self.check_time()?;
        }
        let now = self.world.clock.now();
        let there = (0..).zip(&times);
        let there = there.filter(|(_, time)| **time <= now);
        Ok(there.map(|(index, _)| index).collect())
    }
}

/// Ends the call of a plugin that writes more at once than it was told that it may.
fn permit(length: u64) -> wasmtime::Result<()> {
    match length <= WRITABLE {
        true => Ok(()),
        false => Err(Stopped::Invalid(format!(
            "{length} bytes to write at once, and `check-write` permits {WRITABLE}"
        ))
        .into()),
    }
}

impl error::Host for Session {}

impl error::HostError for Session {
    fn to_debug_string(&mut self, error: Resource<IoError>) -> wasmtime::Result<String> {
        Ok(self.resources.get(&error)?.message.clone())
    }

    fn drop(&mut self, error: Resource<IoError>) -> wasmtime::Result<()> {
        self.resources.delete(error)?;
        Ok(())
    }
}

impl poll::Host for Session {
    fn poll(&mut self, wanted: Vec<Resource<Pollable>>) -> wasmtime::Result<Vec<u32>> {
        if wanted.is_empty() {
            return Err(wasmtime::format_err!("a poll of nothing"));
        }
        self.await_one(&wanted)
    }
}

impl poll::HostPollable for Session {
    fn ready(&mut self, pollable: Resource<Pollable>) -> wasmtime::Result<bool> {
        Ok(match self.resources.get(&pollable)? {
            Pollable::Ready => true,
            Pollable::Slept(time) => *time <= self.world.clock.now(),
        })
    }

    fn block(&mut self, pollable: Resource<Pollable>) -> wasmtime::Result<()> {
        self.await_one(&[pollable]).map(drop)
    }

    fn drop(&mut self, pollable: Resource<Pollable>) -> wasmtime::Result<()> {
        self.resources.delete(pollable)?;
        Ok(())
    }
}

impl streams::Host for Session {}

impl streams::HostInputStream for Session {
    fn read(&mut self, stream: Resource<InputStream>, length: u64) -> Streamed<Vec<u8>> {
        let read = match self.resources.get_mut(&stream)? {
            InputStream::Empty => return Ok(Err(StreamError::Closed)),
            InputStream::File { file, offset } => {
                let read = opening::read_at(file, length.min(READABLE), *offset);
                *offset += read.as_ref().map_or(0, |bytes| bytes.len() as u64);
                read
            }
            InputStream::Body(body) => {
                let mut bytes = vec![0; usize::try_from(length.min(BLOCK)).unwrap_or_default()];
                body.read(&mut bytes).map(|read| {
                    bytes.truncate(read);
                    bytes
                })
            }
        };
        self.check_time()?;
        match read {
            Ok(bytes) if bytes.is_empty() && length > 0 => Ok(Err(StreamError::Closed)),
            Ok(bytes) => Ok(Ok(bytes)),
            Err(error) => self.broken(error),
        }
    }

    fn blocking_read(&mut self, stream: Resource<InputStream>, length: u64) -> Streamed<Vec<u8>> {
        streams::HostInputStream::read(self, stream, length)
    }

    fn skip(&mut self, stream: Resource<InputStream>, length: u64) -> Streamed<u64> {
        let read = streams::HostInputStream::read(self, stream, length)?;
        Ok(read.map(|bytes| bytes.len() as u64))
    }

    fn blocking_skip(&mut self, stream: Resource<InputStream>, length: u64) -> Streamed<u64> {
        self.skip(stream, length)
    }

    fn subscribe(&mut self, _: Resource<InputStream>) -> wasmtime::Result<Resource<Pollable>> {
        Ok(self.resources.push(Pollable::Ready)?)
    }

    fn drop(&mut self, stream: Resource<InputStream>) -> wasmtime::Result<()> {
        self.resources.delete(stream)?;
        Ok(())
    }
}

impl streams::HostOutputStream for Session {
    fn check_write(&mut self, _: Resource<OutputStream>) -> Streamed<u64> {
        Ok(Ok(WRITABLE))
    }

    fn write(&mut self, stream: Resource<OutputStream>, bytes: Vec<u8>) -> Streamed<()> {
        permit(bytes.len() as u64)?;
        let written = match self.resources.get_mut(&stream)? {
            OutputStream::Standard(to) => {
                let to = *to;
                self.write_lines(to, &bytes);
                Ok(())
            }
            OutputStream::File { file, offset } => {
                let written = opening::write_at(file, &bytes, *offset);
                *offset += written.as_ref().map_or(0, |()| bytes.len() as u64);
                written
            }
            OutputStream::Body(body) => {
                let limit = self.context.limits.returned_bytes;
                body.write(&bytes, limit).map_err(Stopped::from)?;
                Ok(())
            }
        };
        match written {
            Ok(()) => Ok(Ok(())),
            Err(error) => self.broken(error),
        }
    }

    fn blocking_write_and_flush(
        &mut self,
        stream: Resource<OutputStream>,
        bytes: Vec<u8>,
    ) -> Streamed<()> {
        self.write(stream, bytes)
    }

    fn flush(&mut self, _: Resource<OutputStream>) -> Streamed<()> {
        Ok(Ok(()))
    }

    fn blocking_flush(&mut self, _: Resource<OutputStream>) -> Streamed<()> {
        Ok(Ok(()))
    }

    fn subscribe(&mut self, _: Resource<OutputStream>) -> wasmtime::Result<Resource<Pollable>> {
        Ok(self.resources.push(Pollable::Ready)?)
    }

    fn write_zeroes(&mut self, stream: Resource<OutputStream>, length: u64) -> Streamed<()> {
        permit(length)?;
        self.write(stream, vec![0; length as usize])
    }

    fn blocking_write_zeroes_and_flush(
        &mut self,
        stream: Resource<OutputStream>,
        length: u64,
    ) -> Streamed<()> {
        self.write_zeroes(stream, length)
    }

    fn splice(
        &mut self,
        stream: Resource<OutputStream>,
        from: Resource<InputStream>,
        length: u64,
    ) -> Streamed<u64> {
        let bytes = match streams::HostInputStream::read(self, from, length.min(WRITABLE))? {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(error)),
        };
        let length = bytes.len() as u64;
        Ok(self.write(stream, bytes)?.map(|()| length))
    }

    fn blocking_splice(
        &mut self,
        stream: Resource<OutputStream>,
        from: Resource<InputStream>,
        length: u64,
    ) -> Streamed<u64> {
        self.splice(stream, from, length)
    }

    fn drop(&mut self, stream: Resource<OutputStream>) -> wasmtime::Result<()> {
        self.resources.delete(stream)?;
        Ok(())
    }
}
