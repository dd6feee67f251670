//! A tool chain of this project's own, which rustup keeps under the target directory: the target
//! is not added to a tool chain that belongs to the user.

use std::path::Path;
use std::process::Command;

use super::{Toolchain, active, announce, holds_core};
use crate::{Error, Result, command};

/// The tool chain with a target in the directory `rustup` of this one; fetched if it is not there.
///
/// # Errors
/// When there is no rustup, or it cannot reach its server.
pub(super) fn find_or_fetch(target: &'static str, directory: &Path) -> Result<Toolchain> {
    let home = directory.join("rustup");
    let version = version(&active::release()?);
    if let Some(toolchain) = find(target, &home, &version) {
        return Ok(toolchain);
    }
    fetch(target, &home, &version)?;
    find(target, &home, &version)
        .ok_or_else(|| Error::Unusable(format!("rustup left no {target} in {}", home.display())))
}

/// The version to fetch: the active one, if rustup knows it by a number.
fn version(release: &str) -> String {
    let is_release = !release.is_empty() && release.chars().all(|c| c.is_ascii_digit() || c == '.');
    if is_release { release } else { "stable" }.to_owned()
}

fn find(target: &'static str, home: &Path, version: &str) -> Option<Toolchain> {
    let prefix = format!("{version}-");
    let toolchains = std::fs::read_dir(home.join("toolchains")).ok()?.flatten();
    let mut matching =
        toolchains.filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix));
    let toolchain = matching.next()?.path();
    let has_target = holds_core(&toolchain.join("lib/rustlib").join(target).join("lib"));
    has_target.then(|| Toolchain {
        description: format!("Rust {version} in {}", home.display()),
        target,
        cargo: toolchain.join("bin/cargo"),
        rustc: Some(toolchain.join("bin/rustc")),
        linker: None,
    })
}

fn fetch(target: &str, home: &Path, version: &str) -> Result<()> {
    if command::stdout(Command::new("rustup").arg("--version")).is_err() {
        return Err(Error::Unusable("rustup is not installed".to_owned()));
    }
    let place = home.display();
    announce(&format!(
        "fetching Rust {version} with {target} into {place}, for this project only"
    ));
    let mut rustup = Command::new("rustup");
    rustup.args(["toolchain", "install", version, "--profile", "minimal"]);
    rustup.args(["--target", target, "--no-self-update"]);
    // Without a network the search is to go on at once.
    rustup
        .env("RUSTUP_MAX_RETRIES", "0")
        .env("RUSTUP_HOME", home);
    rustup
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUST_BACKTRACE");
    command::run(&mut rustup)
}

#[cfg(test)]
mod tests {
    use super::super::TARGET;
    use super::*;

    #[test]
    fn only_releases_are_known_by_number() {
        assert_eq!(version("1.95.0"), "1.95.0");
        assert_eq!(version("1.97.0-nightly"), "stable");
        assert_eq!(version(""), "stable");
    }

    #[test]
    fn a_tool_chain_counts_when_it_has_the_target() {
        let home = tempfile::tempdir().unwrap();
        assert!(find(TARGET, home.path(), "1.95.0").is_none());
        let toolchain = home
            .path()
            .join("toolchains/1.95.0-x86_64-unknown-linux-gnu");
        let libraries = toolchain.join("lib/rustlib").join(TARGET).join("lib");
        std::fs::create_dir_all(&libraries).unwrap();
        assert!(find(TARGET, home.path(), "1.95.0").is_none());
        std::fs::write(libraries.join("libcore-1f.rlib"), "").unwrap();
        let found = find(TARGET, home.path(), "1.95.0").unwrap();
        assert_eq!(found.cargo, toolchain.join("bin/cargo"));
        assert!(find(TARGET, home.path(), "1.96.0").is_none());
    }
}
