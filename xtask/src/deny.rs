//! What this project depends on: known weaknesses, licences, and where it comes from. `deny.toml` says
//! what is allowed, cargo-deny looks.

use std::process::Command;

use anyhow::Result;
use mlhost_toolchain::command;

use crate::workspace::Workspace;

/// The version that is installed where there is none.
const CARGO_DENY: &str = "^0.20";

/// Checks all dependencies. The list of known weaknesses is fetched for it; where it cannot be reached,
/// that is said, and everything else is checked.
///
/// # Errors
/// When something is not allowed, or cargo-deny is missing and cannot be installed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    if Command::new("cargo-deny")
        .arg("--version")
        .output()
        .is_err()
    {
        let mut install = command::cargo();
        // It is used once: what it takes to build it counts for more than how fast it is.
        install.args([
            "install",
            "cargo-deny",
            "--version",
            CARGO_DENY,
            "--locked",
            "--debug",
        ]);
        command::run(&mut install)?;
    }
    let deny = |arguments: &[&str]| {
        let mut deny = Command::new("cargo-deny");
        deny.current_dir(workspace.root()).args(arguments);
        Ok::<_, anyhow::Error>(command::run(&mut deny)?)
    };
    match deny(&["--workspace", "fetch", "db"]) {
        Ok(()) => deny(&["--workspace", "check", "advisories"])?,
        Err(error) => eprintln!("warning: known weaknesses were not looked for: {error:#}"),
    }
    deny(&["--workspace", "check", "licenses", "bans", "sources"])
}
