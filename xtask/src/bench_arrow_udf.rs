//! The benchmark beside arrow-udf's WebAssembly runtime: a workspace of its own, with the functions
//! that it runs built for the target that arrow-udf names.

use std::env::consts::EXE_SUFFIX;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use mlhost_toolchain::{Toolchain, command};

use crate::plugins;
use crate::workspace::Workspace;

/// Where the benchmark is, below the workspace root, and where it is built, below the target
/// directory.
const SOURCE: &str = "xtask/bench-arrow-udf";
const BUILT: &str = "arrow-udf";

const PROGRAM: &str = "mlhost-bench-arrow-udf";
const FUNCTIONS: &str = "arrow-udf-guest";
const FUNCTIONS_TARGET: &str = "wasm32-wasip1";
/// The profile in which they are built, with the settings of plugins.
const FUNCTIONS_PROFILE: &str = "guest";
const PLUGIN: &str = "test_kernels.wasm";

/// Builds the plugins, the functions and the benchmark, and measures; `arguments` are passed on.
///
/// # Errors
/// When a build or the benchmark fails.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> Result<()> {
    plugins::build(workspace)?;
    let source = workspace.root().join(SOURCE);
    let target = workspace.target().join(BUILT);
    let wasm = target.join("wasm");
    build_functions(workspace, &source, &wasm)?;
    build_benchmark(&source, &target)?;

    let functions = format!("{}.wasm", FUNCTIONS.replace('-', "_"));
    let functions = wasm
        .join(FUNCTIONS_TARGET)
        .join(FUNCTIONS_PROFILE)
        .join(functions);
    let program = format!("{PROGRAM}{EXE_SUFFIX}");
    let mut bench = Command::new(target.join("release").join(program));
    bench
        .arg("--plugin")
        .arg(workspace.component_directory(true).join(PLUGIN))
        .arg("--functions")
        .arg(functions)
        .args(arguments);
    Ok(command::run(&mut bench)?)
}

/// Builds the functions with the instructions that plugins may use.
fn build_functions(workspace: &Workspace, source: &Path, target: &Path) -> Result<()> {
    let toolchain = Toolchain::find_or_fetch_for(FUNCTIONS_TARGET, workspace.target())?;
    let flags = OsStr::new("-Ctarget-feature=+simd128");
    let mut build = toolchain.cargo_build(source, target, flags);
    build.args(["--profile", FUNCTIONS_PROFILE]);
    Ok(command::run(build.args(["--package", FUNCTIONS]))?)
}

fn build_benchmark(source: &Path, target: &Path) -> Result<()> {
    let mut build = command::cargo();
    build.args(["build", "--release", "--package", PROGRAM]);
    build.arg("--target-dir").arg(target);
    Ok(command::run(build.current_dir(source))?)
}
