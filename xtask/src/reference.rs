//! Writes the parts of documentation that are made from code: the parameters in the README of each
//! standard package, and the reference of checks. The tests that compare them also write them.

use anyhow::Result;
use mlhost_toolchain::command;

use crate::workspace::Workspace;

/// Runs those tests so that they write.
///
/// # Errors
/// When one fails, because a file or its markers are missing.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut cargo = command::cargo();
    cargo.args(["test", "--workspace", "--test", "all", "--", "readme"]);
    cargo.env("BLESS", "1");
    Ok(command::run(cargo.current_dir(workspace.root()))?)
}
