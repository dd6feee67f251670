//! The `host` command as its users meet it: every test starts the real binary in
//! a folder of its own and looks at exit code, standard output and standard error.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod exchange;
mod flights;
mod formats;
mod hostile;
#[cfg(unix)]
mod interrupt;
mod manners;
mod plugins;
mod refusals;
mod scenarios;
mod selection;
mod support;
