//! Components, and a sandbox that remembers what it has compiled.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use mlhost_authoring::conformance::{Check, Report, Status};
use mlhost_sandbox::{Options, Sandbox};

static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled");
    let options = Options {
        cache: Some(cache),
        ..Options::default()
    };
    Sandbox::new(options).unwrap()
});

pub(crate) fn sandbox() -> &'static Sandbox {
    &SANDBOX
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A component that `cargo xtask plugins` has built.
pub(crate) fn component(file: &str) -> Vec<u8> {
    let path = root().join("target").join(file);
    fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}: run `cargo xtask plugins`", path.display());
    })
}

/// Checks and examples that have failed.
pub(crate) fn failed(report: &Report) -> Vec<&Check> {
    let all = report.checks.iter().chain(&report.examples);
    all.filter(|check| check.status == Status::Failed).collect()
}

/// A line for each of them.
pub(crate) fn lines(checks: &[&Check]) -> String {
    let line = |check: &&Check| format!("  {}: {}\n", check.name, check.reason);
    checks.iter().map(line).collect()
}
