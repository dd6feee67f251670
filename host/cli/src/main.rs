//! The `host` command: everything a person types, reads and waits for.
//!
//! Data goes to standard output, progress and messages to standard error. The
//! exit code is 0 when all is well, 1 when the user's pipeline failed or was
//! refused, 2 for wrong usage or an error of the host itself, and 130 after
//! Ctrl-C.

#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod configuration;
mod error;
mod output;
mod places;
mod progress;
mod signals;
mod tree;

use std::process::ExitCode;

use clap::Parser;
use mlhost_report::text;

use crate::{arguments::Arguments, output::Output};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = Output::new(arguments.format);
    match commands::execute(&arguments, &mut output) {
        Ok(code) => code,
        Err(failure) => failure.report(arguments.format),
    }
}
