//! WASI, for components that cannot do without: those of Python, JavaScript, C, and of Rust where it
//! is not built for this contract alone. They load without any grant, and see an empty world.
//!
//! | asks for | sees |
//! |---|---|
//! | files | no folder |
//! | arguments, environment, standard input | none |
//! | sockets, names, HTTP | refused |
//! | standard output and error | a log line for each of theirs |
//! | the time | 2000-01-01, and no further but by its own sleep, which takes no time |
//! | random numbers | those of a generator that the seed of the run decides |
//! | an end of the program | the end of its step, with an error |
//!
//! - [`bindings`] is what wasmtime makes of the interfaces that have a host of their own.
//! - [`world`] is what an instance has of all this, and [`clock`] its time. [`io`] has the streams,
//!   [`mod@http`] the requests that a step grants, and [`system`] the rest.
//! - [`files`] is what can be done with granted folders: [`descriptor`] has what is opened there,
//!   [`opening`] how, [`known`] what is told of it, and [`fault`] what goes wrong.
//! - [`holdings`] counts what the host holds for an instance.
//! - [`inert`] answers everything else, in whatever words the component asks.

pub(crate) mod bindings;
mod clock;
pub(crate) mod descriptor;
mod fault;
mod files;
pub(crate) mod holdings;
pub(crate) mod http;
mod inert;
pub(crate) mod io;
mod known;
mod opening;
mod system;
pub(crate) mod world;

pub(crate) use bindings::add_to_linker;
pub(crate) use inert::add_inert;

/// The packages of WASI that a plugin may import, in any version 0.2.
const PACKAGES: [&str; 7] = [
    "cli",
    "clocks",
    "filesystem",
    "http",
    "io",
    "random",
    "sockets",
];

/// Whether this is the name of an interface of WASI that a plugin may import.
pub(crate) fn is_known(import: &str) -> bool {
    let parts = import.strip_prefix("wasi:").and_then(|rest| {
        let (package, rest) = rest.split_once('/')?;
        Some((package, rest.split_once('@')?.1))
    });
    parts.is_some_and(|(package, version)| {
        PACKAGES.contains(&package) && version.starts_with("0.2.") && !version.contains('-')
    })
}
