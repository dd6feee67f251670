//! The tests of the whole workspace, after the plugins that they run.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context, Result};
use mlhost_toolchain::command;

use crate::workspace::Workspace;
use crate::{languages, plugins};

/// Builds the plugins and runs `cargo test --workspace` with the arguments. Says nothing after
/// it, so that its own closing lines stay the last ones. Where the tools of another language cannot
/// be had, all tests but those of that language have something to say.
///
/// # Errors
/// When the plugins in Rust cannot be built or Cargo cannot be started; a failed test is an exit code.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    plugins::build(workspace)?;
    if let Err(error) = languages::build(workspace) {
        eprintln!("warning: {error:#}");
    }
    let mut test = command::cargo();
    test.args(["test", "--workspace"])
        .args(arguments)
        .current_dir(workspace.root());
    eprintln!("$ {}", command::line(&test));
    let status = test.status().context("could not start cargo")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
