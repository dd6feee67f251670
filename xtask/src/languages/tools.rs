//! The tools of other languages: clang from Debian, and componentize-py and componentize-qjs, with
//! what checks types, in folders of this project's own, so that nothing of the user's changes.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use mlhost_toolchain::{command, install_packages, write_if_changed};

/// What is installed from PyPI for this project only: what builds plugins, and what checks the types
/// of the SDK.
pub(super) const FROM_PYPI: [&str; 2] = ["componentize-py==0.25.1", "mypy==2.4.1"];

/// The same, from npm.
pub(super) const FROM_NPM: [&str; 3] = [
    "componentize-qjs@0.4.5",
    "esbuild@0.28.2",
    "typescript@5.9.3",
];

/// Debian's packages for C, and what shows that each is there.
const FOR_C: [(&str, &str); 4] = [
    ("clang-22", "/usr/bin/clang-22"),
    ("lld-22", "/usr/bin/wasm-ld-22"),
    ("wasi-libc", "/usr/lib/wasm32-wasi/libc.a"),
    (
        "libclang-rt-22-dev-wasm32",
        "/usr/lib/llvm-22/lib/clang/22/lib/wasi/libclang_rt.builtins-wasm32.a",
    ),
];

/// The folders in which the tools are, after the installation of those that are missing.
///
/// # Errors
/// When one cannot be installed.
pub(super) fn find_or_install(directory: &Path) -> Result<Vec<PathBuf>> {
    let tools = directory.join("tools");
    if std::env::var_os("WASI_SDK_PATH").is_none() {
        let missing = FOR_C.iter().filter(|(_, file)| !Path::new(file).exists());
        install_debian(&missing.map(|(package, _)| *package).collect::<Vec<_>>());
    }
    let python = tools.join("python");
    once(&python, &FROM_PYPI, install_python)?;
    let js = tools.join("js");
    once(&js, &FROM_NPM, install_npm)?;
    Ok(vec![python.join("bin"), js.join("node_modules/.bin")])
}

/// Installs packages of Debian's, where there is one to install: a build that lacks something says
/// so better than this could.
fn install_debian(packages: &[&str]) {
    if packages.is_empty() || !Path::new("/usr/bin/apt-get").exists() {
        return;
    }
    if let Err(error) = install_packages(packages) {
        eprintln!("warning: {error:#}");
    }
}

/// Installs what a file in the folder does not say to be there.
fn once(
    folder: &Path,
    packages: &[&str],
    install: impl FnOnce(&Path, &[&str]) -> Result<()>,
) -> Result<()> {
    let stamp = folder.join("installed");
    let wanted = packages.join(" ");
    if std::fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    install(folder, packages).with_context(|| format!("could not install {wanted}"))?;
    Ok(write_if_changed(&stamp, wanted.as_bytes())?)
}

fn install_python(folder: &Path, packages: &[&str]) -> Result<()> {
    let has_venv = || command::stdout(Command::new("python3").args(["-c", "import ensurepip"]));
    if has_venv().is_err() {
        install_debian(&["python3", "python3-venv"]);
    }
    command::run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let mut pip = Command::new(folder.join("bin/python3"));
    pip.args(["-m", "pip", "install", "--quiet"]).args(packages);
    Ok(command::run(pip.stdout(std::io::stderr()))?)
}

fn install_npm(folder: &Path, packages: &[&str]) -> Result<()> {
    if command::stdout(Command::new("npm").arg("--version")).is_err() {
        install_debian(&["npm"]);
    }
    let mut npm = Command::new("npm");
    npm.arg("install").arg("--prefix").arg(folder);
    npm.args(["--no-audit", "--no-fund", "--loglevel=error"])
        .args(packages);
    Ok(command::run(npm.stdout(std::io::stderr()))?)
}
