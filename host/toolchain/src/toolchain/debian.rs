//! Debian's packaged Rust. It has no standard library for the plugins' target, but its sources,
//! from which Cargo builds one.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{TARGET, Toolchain, announce, field};
use crate::{Error, Result, command};

/// The name under which the choice of this tool chain is kept.
pub(super) const NAME: &str = "debian";

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const STANDARD_LIBRARY: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

struct Package {
    name: &'static str,
    is_installed: fn() -> bool,
}

const PACKAGES: [Package; 4] = [
    Package {
        name: "rustc-web",
        is_installed: || Path::new(RUSTC).exists(),
    },
    Package {
        name: "cargo-web",
        is_installed: || Path::new(CARGO).exists(),
    },
    Package {
        name: "rust-web-src",
        is_installed: || Path::new(STANDARD_LIBRARY).exists(),
    },
    Package {
        name: "lld-22",
        is_installed: || linker().is_some(),
    },
];

/// The names of the packages, for an error message.
pub(super) fn packages() -> String {
    PACKAGES.map(|package| package.name).join(" ")
}

/// Debian's tool chain, after the installation of what it lacks.
///
/// # Errors
/// When this is not Debian, or `apt-get` cannot install the packages.
pub(super) fn find_or_install() -> Result<Toolchain> {
    if let Ok(toolchain) = find() {
        return Ok(toolchain);
    }
    let is_debian = Path::new("/etc/debian_version").exists();
    if !is_debian || !Path::new("/usr/bin/apt-get").exists() {
        return Err(Error::Unusable("this is not Debian".to_owned()));
    }
    install(&missing())?;
    find()
}

/// Debian's tool chain, if all of it is installed.
///
/// # Errors
/// When a part is missing; the text names its package.
pub(super) fn find() -> Result<Toolchain> {
    let missing = missing();
    let (true, Some(linker)) = (missing.is_empty(), linker()) else {
        let reason = format!("not installed: {}", missing.join(" "));
        return Err(Error::Unusable(reason));
    };
    let version = command::stdout(Command::new(RUSTC).arg("-vV"))?;
    let release = field(&version, "release").unwrap_or("of an unknown version");
    Ok(Toolchain {
        description: format!("Debian's Rust {release}, with a standard library built from source"),
        target: TARGET,
        cargo: CARGO.into(),
        rustc: Some(RUSTC.into()),
        linker: Some(linker),
    })
}

fn missing() -> Vec<&'static str> {
    let missing = PACKAGES.iter().filter(|package| !(package.is_installed)());
    missing.map(|package| package.name).collect()
}

/// Installs packages of Debian's, with fresh package lists if the present ones do not do.
///
/// # Errors
/// When `apt-get` cannot do it.
pub fn install(packages: &[&str]) -> Result<()> {
    announce(&format!(
        "installing Debian's packages {}",
        packages.join(" ")
    ));
    let install = || {
        let mut command = apt_get();
        // A package that is in the way belongs to the user.
        command.args(["install", "-y", "--no-install-recommends", "--no-remove"]);
        command::run(command.args(packages))
    };
    install().or_else(|_| {
        command::run(apt_get().arg("update"))?;
        install()
    })
}

/// `apt-get` as root, silent about all but errors: stdout belongs to the results.
fn apt_get() -> Command {
    let is_root = command::stdout(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let mut command = if is_root {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "apt-get"]);
        sudo
    };
    command.args(["-q", "-o", "Dpkg::Use-Pty=0"]);
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdout(std::io::stderr());
    command
}

/// The newest `wasm-ld` of the system.
fn linker() -> Option<PathBuf> {
    let programs = std::fs::read_dir("/usr/bin").ok()?.flatten();
    newest_linker(programs.map(|entry| entry.path()))
}

fn newest_linker(programs: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    programs
        .filter_map(|path| Some((linker_version(path.file_name()?.to_str()?)?, path)))
        .max()
        .map(|(_, path)| path)
}

/// 22 for `wasm-ld-22`; 0 for `wasm-ld`, which is as old as it likes.
fn linker_version(name: &str) -> Option<u32> {
    match name.strip_prefix("wasm-ld")? {
        "" => Some(0),
        suffix => suffix.strip_prefix('-')?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_linker_is_chosen_by_number() {
        let names = [
            "ld",
            "wasm-ld",
            "wasm-ld-9",
            "wasm-ld-22",
            "wasm-ld-wrapper",
            "wasm-ld-14",
        ];
        let paths = names.iter().map(|name| Path::new("/usr/bin").join(name));
        assert_eq!(newest_linker(paths), Some("/usr/bin/wasm-ld-22".into()));
        assert_eq!(newest_linker(["ld".into()].into_iter()), None);
    }
}
