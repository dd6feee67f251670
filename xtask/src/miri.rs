//! The sandbox under Miri, which watches every access to memory: a plugin in wasmtime's interpreter,
//! which batches go into and come out of. What compiled code does and maps of files are beyond Miri.

use std::process::Command;

use anyhow::{Context, Result};
use mlhost_toolchain::command;

use crate::workspace::Workspace;

/// Files are read, and wasmtime makes pointers of numbers, as its interpreter's memory has them.
const FLAGS: &str = "-Zmiri-disable-isolation -Zmiri-permissive-provenance";

/// The test that is run, of all targets and features.
const TEST: [&str; 8] = [
    "test",
    "--package",
    "mlhost-sandbox",
    "--lib",
    "--features",
    "pulley",
    "interpreted",
    // What is run once is not worth optimising.
    "--config=profile.dev.package.\"*\".opt-level=0",
];

/// Runs the test as it is, which compiles its plugin, and then under Miri.
///
/// # Errors
/// When Miri finds something, or is not there.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let test = |mut cargo: Command| {
        cargo
            .args(TEST)
            .current_dir(workspace.root())
            .env("CARGO_TARGET_DIR", workspace.target().join("miri"))
            .env("MIRIFLAGS", FLAGS);
        command::run(&mut cargo)
    };
    test(command::cargo())?;
    let mut miri = Command::new("rustup");
    miri.args(["run", "nightly", "cargo", "miri"]);
    test(miri).context("`rustup toolchain install nightly --component miri,rust-src` installs Miri")
}
