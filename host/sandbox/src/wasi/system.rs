//! Standard streams, the end of the program, clocks and random numbers.

use wasmtime::component::Resource;

use super::{
    bindings::{
        environment, exit, insecure, insecure_seed, monotonic_clock, random, stderr, stdin, stdout,
        wall_clock,
    },
    io::{InputStream, OutputStream, Pollable},
    world::Standard,
};
use crate::session::{Session, Stopped};

/// How many random bytes there are at once.
const RANDOM_BYTES: u64 = 1 << 20;

impl Session {
    fn random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        match usize::try_from(length) {
            Ok(bytes) if length <= RANDOM_BYTES => self.world.random_bytes(bytes),
            _ => Err(Stopped::Invalid(format!(
                "a wish for {length} random bytes at once, and there are {RANDOM_BYTES}"
            ))
            .into()),
        }
    }

    fn random_number(&mut self) -> wasmtime::Result<u64> {
        let bytes = self.world.random_bytes(8)?;
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

impl environment::Host for Session {
    fn get_environment(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        Ok(self.context.grants.env.clone())
    }

    fn get_arguments(&mut self) -> wasmtime::Result<Vec<String>> {
        Ok(vec![])
    }

    fn initial_cwd(&mut self) -> wasmtime::Result<Option<String>> {
        Ok(None)
    }
}

impl stdin::Host for Session {
    fn get_stdin(&mut self) -> wasmtime::Result<Resource<InputStream>> {
        Ok(self.resources.push(InputStream::Empty)?)
    }
}

impl stdout::Host for Session {
    fn get_stdout(&mut self) -> wasmtime::Result<Resource<OutputStream>> {
        Ok(self
            .resources
            .push(OutputStream::Standard(Standard::Output))?)
    }
}

impl stderr::Host for Session {
    fn get_stderr(&mut self) -> wasmtime::Result<Resource<OutputStream>> {
        Ok(self
            .resources
            .push(OutputStream::Standard(Standard::Error))?)
    }
}

impl exit::Host for Session {
    fn exit(&mut self, status: Result<(), ()>) -> wasmtime::Result<()> {
        Err(Stopped::Exited(u8::from(status.is_err())).into())
    }

    fn exit_with_code(&mut self, code: u8) -> wasmtime::Result<()> {
        Err(Stopped::Exited(code).into())
    }
}

impl monotonic_clock::Host for Session {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.world.clock.now())
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(1)
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<Pollable>> {
        Ok(self.resources.push(Pollable::Slept(when))?)
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<Pollable>> {
        self.subscribe_instant(self.world.clock.now().saturating_add(duration))
    }
}

impl wall_clock::Host for Session {
    fn now(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        let time = self.world.clock.time();
        Ok(wall_clock::Datetime {
            seconds: time.as_secs(),
            nanoseconds: time.subsec_nanos(),
        })
    }

    fn resolution(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime {
            seconds: 0,
            nanoseconds: 1,
        })
    }
}

impl random::Host for Session {
    fn get_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.random_bytes(length)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.random_number()
    }
}

impl insecure::Host for Session {
    fn get_insecure_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.random_bytes(length)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.random_number()
    }
}

impl insecure_seed::Host for Session {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        Ok((self.random_number()?, self.random_number()?))
    }
}
