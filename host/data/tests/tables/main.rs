//! Tables from files and from memory, and files from tables, through the public face of the crate.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy knows the tests themselves, but not the functions they share"
)]

mod changes;
mod csv;
mod damaged;
mod digests;
mod finding;
mod folding;
mod json;
mod parts;
mod property;
mod pushed_down;
#[cfg(feature = "remote")]
mod remote;
#[cfg(not(feature = "remote"))]
mod remote_absent;
#[cfg(feature = "remote")]
mod remote_refusals;
mod round_trip;
mod rows_that_are_none;
mod scanning;
mod schemas;
mod selecting;
#[cfg(feature = "remote")]
mod server;
mod sinks;
mod support;
mod text_files;
