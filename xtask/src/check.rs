//! What continuous integration checks besides the tests: format, lints and documentation.

use std::time::Instant;

use anyhow::Result;
use mlhost_toolchain::command;

use crate::plugins;
use crate::workspace::Workspace;

/// Runs every check, and stops at the first that fails.
///
/// The plugins come second, because the host's build embeds them.
///
/// # Errors
/// When a check fails.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    timed("Format", || cargo(workspace, &["fmt", "--all", "--check"]))?;
    timed("Plugins", || plugins::build(workspace).map(drop))?;
    timed("Lints", || {
        let lints = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ];
        cargo(workspace, &lints)
    })?;
    // As it is built for people: in the workspace, other crates turn features on that it may lack.
    timed("The host by itself", || {
        cargo(workspace, &["check", "--package", "mlhost-cli"])
    })?;
    timed("Documentation", || {
        cargo(workspace, &["doc", "--workspace", "--no-deps"])
    })
}

/// Runs `cargo`; where it makes documentation, warnings are errors.
fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let mut cargo = command::cargo();
    cargo.args(arguments).env("RUSTDOCFLAGS", "-D warnings");
    Ok(command::run(cargo.current_dir(workspace.root()))?)
}

/// Runs a check under a heading, and says how long it took.
fn timed(heading: &str, check: impl FnOnce() -> Result<()>) -> Result<()> {
    eprintln!("== {heading}");
    let start = Instant::now();
    let result = check();
    eprintln!("== {heading}: {:.1} s", start.elapsed().as_secs_f64());
    result
}
