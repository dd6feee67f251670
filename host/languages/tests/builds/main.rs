//! The SDKs in `plugins/sdk`: what their pages show builds and works, and what is missing is told.
//! `cargo xtask languages` installs the tools.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod documentation;
mod missing;
mod support;
