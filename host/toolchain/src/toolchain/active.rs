//! The tool chain that runs this program, if it has the target that is wanted.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Toolchain, field, holds_core};
use crate::{Error, Result, command};

/// The active compiler.
pub(super) fn rustc() -> PathBuf {
    std::env::var_os("RUSTC")
        .unwrap_or_else(|| "rustc".into())
        .into()
}

/// The version of the active compiler: `1.95.0`, `1.97.0-nightly`.
///
/// # Errors
/// When it cannot be run.
pub(super) fn release() -> Result<String> {
    let version = command::stdout(Command::new(rustc()).arg("-vV"))?;
    Ok(field(&version, "release").unwrap_or_default().to_owned())
}

/// The active tool chain.
///
/// # Errors
/// When the target is not installed in it.
pub(super) fn find(target: &'static str) -> Result<Toolchain> {
    let release = release()?;
    let mut rustc = Command::new(rustc());
    let directory = command::stdout(rustc.args(["--print", "target-libdir", "--target", target]))?;
    if !holds_core(Path::new(directory.trim())) {
        let reason = format!("Rust {release} is installed without {target}");
        return Err(Error::Unusable(reason));
    }
    Ok(Toolchain {
        description: format!("the active one, Rust {release}, has {target}"),
        target,
        cargo: command::cargo().get_program().into(),
        rustc: None,
        linker: None,
    })
}
