//! The benchmarks, which are a program of their own: they are only worth something with every
//! optimisation, and they use the host's crates, on which this program does not depend.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;
use mlhost_toolchain::command;

use crate::workspace::Workspace;
use crate::{demo, languages};

const PROGRAM: &str = "mlhost-bench";

/// Builds plugins, host and benchmarks, and measures; `arguments` are passed on.
///
/// # Errors
/// When a build or the benchmark fails.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<()> {
    let host = demo::build(workspace)?;
    languages::build(workspace)?;
    let mut build = command::cargo();
    build.args(["build", "--release", "--package", PROGRAM]);
    command::run(build.current_dir(workspace.root()))?;
    let program = host.with_file_name(format!("{PROGRAM}{EXE_SUFFIX}"));
    let mut bench = Command::new(program);
    bench
        .arg("--host")
        .arg(&host)
        .arg("--plugins")
        .arg(workspace.component_directory(false))
        .arg("--test-plugins")
        .arg(workspace.component_directory(true))
        .arg("--languages")
        .arg(languages::directory(workspace))
        .arg("--example")
        .arg(workspace.root().join(demo::EXAMPLE))
        .arg("--tables")
        .arg(workspace.target().join("bench"))
        .args(arguments);
    Ok(command::run(&mut bench)?)
}
