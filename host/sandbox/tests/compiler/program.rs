//! Compiles a plugin for the test that starts it, as `host` does for itself.

use std::{env, io, process::ExitCode};

use mlhost_sandbox::compile_for_parent;

fn main() -> io::Result<ExitCode> {
    let numbers = env::args().skip(1).map(|number| number.parse());
    let numbers: Vec<u64> = numbers
        .collect::<Result<_, _>>()
        .map_err(io::Error::other)?;
    match numbers[..] {
        [parent, seconds, memory_bytes] => {
            let parent = u32::try_from(parent).map_err(io::Error::other)?;
            compile_for_parent(parent, seconds, memory_bytes)
        }
        _ => Err(io::Error::other("three numbers are to be given")),
    }
}
