//! Finds a Rust tool chain that builds for WebAssembly, and fetches one if there is none, without
//! changing a tool chain of the user's. For plugins: the active one if it has the target, else one
//! of this project's own from rustup, else Debian's packages, else an error that says what to
//! install.

mod active;
mod debian;
mod rustup;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Error, Result, command, component, remap};

pub use debian::install as install_packages;

/// The target of every plugin: no operating system, so that a plugin's imports are its contract.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// What was set for the active tool chain, by the user or by rustup, and would mislead another.
const OVERRIDES: &[&str] = &[
    "CARGO_BUILD_RUSTC",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "LD_LIBRARY_PATH",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTUP_TOOLCHAIN",
];

/// A compiler with its `cargo`, and what they need to build for a target.
pub struct Toolchain {
    /// One line about where it comes from.
    description: String,
    target: &'static str,
    cargo: PathBuf,
    /// `None` for the active tool chain, whose `cargo` and `rustc` find each other.
    rustc: Option<PathBuf>,
    /// The linker, where the compiler brings none, and with it the flag that has Cargo build the
    /// standard library, which such a tool chain lacks too.
    linker: Option<PathBuf>,
}

impl Toolchain {
    /// Finds a tool chain for [`TARGET`] among those that are installed: the active one, else
    /// Debian's. Installs nothing.
    ///
    /// # Errors
    /// [`Error::NoToolchain`] when there is none.
    pub fn find() -> Result<Self> {
        let found = active::find(TARGET).or_else(|_| debian::find());
        found.map_err(|_| none("install Debian's with `apt-get install"))
    }

    /// Finds or fetches a tool chain for [`TARGET`], and says on stderr what was tried. What was
    /// fetched is kept in `target`.
    ///
    /// # Errors
    /// When there is none and none can be had.
    pub fn find_or_fetch(target: &Path) -> Result<Self> {
        let choice = Choice(target.join("wasm").join("toolchain"));
        let toolchain = Self::search(target, &choice)?;
        announce(&toolchain.description);
        Ok(toolchain)
    }

    /// Finds or fetches a tool chain for a target that Debian's does not build for.
    ///
    /// # Errors
    /// When there is none and rustup has none.
    pub fn find_or_fetch_for(target: &'static str, directory: &Path) -> Result<Self> {
        let toolchain = active::find(target).or_else(|reason| {
            announce(&format!("the active one cannot be used: {reason}"));
            rustup::find_or_fetch(target, directory)
        })?;
        announce(&toolchain.description);
        Ok(toolchain)
    }

    fn search(directory: &Path, choice: &Choice) -> Result<Self> {
        let active = match active::find(TARGET) {
            Ok(toolchain) => return Ok(toolchain),
            Err(reason) => reason,
        };
        announce(&format!("the active one cannot be used: {active}"));
        // Once Debian's was chosen it stays, so that the plugins do not change with the weather
        // of the network; `cargo clean` forgets it.
        if choice.is(debian::NAME)
            && let Ok(toolchain) = debian::find()
        {
            return Ok(toolchain);
        }
        let rustup = match rustup::find_or_fetch(TARGET, directory) {
            Ok(toolchain) => return Ok(toolchain),
            Err(reason) => reason,
        };
        announce(&format!("none from rustup: {rustup}"));
        let debian = match debian::find_or_install() {
            Ok(toolchain) => {
                choice.keep(debian::NAME)?;
                return Ok(toolchain);
            }
            Err(reason) => reason,
        };
        announce(&format!("none from Debian: {debian}"));
        Err(none("run this on Debian, after `apt-get install"))
    }

    /// The program that compiles, and the one that calls it.
    pub fn programs(&self) -> (PathBuf, &Path) {
        let rustc = self.rustc.clone().unwrap_or_else(active::rustc);
        (rustc, &self.cargo)
    }

    /// `cargo build` for its target into a target directory, with `flags` for the compiler.
    pub fn cargo_build(&self, root: &Path, target: &Path, flags: &OsStr) -> Command {
        let mut build = Command::new(&self.cargo);
        build
            .args(["build", "--target", self.target, "--target-dir"])
            .arg(target)
            .current_dir(root);
        if let Some(rustc) = &self.rustc {
            for name in OVERRIDES {
                build.env_remove(name);
            }
            build.env("RUSTC", rustc);
        }
        if let Some(linker) = &self.linker {
            build.arg("-Zbuild-std=std,panic_abort");
            build.env("RUSTC_BOOTSTRAP", "1");
            build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        build.env("CARGO_ENCODED_RUSTFLAGS", flags);
        // The hash tables of ahash are seeded when it is compiled: at random, unless told.
        build.env("CONST_RANDOM_SEED", "mlhost");
        build
    }

    /// The flags that every plugin is built with, joined by unit separators, as Cargo wants them
    /// where paths may hold spaces. `names` are directories that sources come from, each with the
    /// name that stands for it in messages, so that the bytes are the same wherever it is; Cargo's
    /// own and those of the standard library are among them anyway.
    ///
    /// # Errors
    /// When the compiler does not say where its standard library is.
    pub fn flags(&self, names: &[(PathBuf, String)]) -> Result<OsString> {
        let mut flags: Vec<OsString> = vec![
            "-Ctarget-feature=+simd128".into(),
            r#"--cfg=getrandom_backend="custom""#.into(),
        ];
        let mut names = names.to_vec();
        names.extend(remap::cargo_home().map(|home| (home, "/cargo".into())));
        names.push(self.standard_library()?);
        flags.extend(remap::flags(&names));
        Ok(flags.join(OsStr::new("\u{1f}")))
    }

    /// Where the sources of the standard library are, if they are installed, and the name that
    /// the compiler gives them where they are not.
    fn standard_library(&self) -> Result<(PathBuf, String)> {
        let (rustc, _) = self.programs();
        let sysroot = command::stdout(Command::new(&rustc).args(["--print", "sysroot"]))?;
        let version = command::stdout(Command::new(&rustc).arg("-vV"))?;
        let commit = field(&version, "commit-hash").unwrap_or("unknown");
        let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
        Ok((sources, format!("/rustc/{commit}")))
    }
}

/// There is no tool chain, and one thing that may be done about it is to install Debian's packages.
fn none(debian: &str) -> Error {
    Error::NoToolchain {
        target: TARGET,
        hint: format!(
            "add the target to yours, with `rustup target add {TARGET}` or the package of your \
             distribution that holds it, or {debian} {}`",
            debian::packages()
        ),
    }
}

/// Which tool chain was fetched last, in a file.
struct Choice(PathBuf);

impl Choice {
    fn is(&self, name: &str) -> bool {
        std::fs::read_to_string(&self.0).is_ok_and(|kept| kept == name)
    }

    fn keep(&self, name: &str) -> Result<()> {
        component::write_if_changed(&self.0, name.as_bytes())
    }
}

/// Says on stderr, in one line, how the search goes.
fn announce(text: &str) {
    eprintln!("tool chain: {text}");
}

/// The value in one of the `key: value` lines of `rustc -vV`.
fn field<'a>(version: &'a str, key: &str) -> Option<&'a str> {
    let value = |line: &'a str| line.strip_prefix(key)?.strip_prefix(": ");
    version.lines().find_map(value)
}

/// Whether a `target-libdir` holds the core library, and so the target is installed.
fn holds_core(directory: &Path) -> bool {
    let is_core = |name: &OsStr| name.to_string_lossy().starts_with("libcore");
    std::fs::read_dir(directory)
        .is_ok_and(|entries| entries.flatten().any(|entry| is_core(&entry.file_name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_the_version() {
        let version = "rustc 1.95.0\nbinary: rustc\nrelease: 1.95.0\n";
        assert_eq!(field(version, "release"), Some("1.95.0"));
        assert_eq!(field(version, "commit-hash"), None);
    }

    #[test]
    fn a_target_is_installed_when_its_core_library_is() {
        let directory = tempfile::tempdir().unwrap();
        assert!(!holds_core(directory.path()));
        assert!(!holds_core(&directory.path().join("none")));
        std::fs::write(directory.path().join("libcore-1f.rlib"), "").unwrap();
        assert!(holds_core(directory.path()));
    }

    #[test]
    fn a_choice_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let choice = Choice(directory.path().join("wasm/toolchain"));
        assert!(!choice.is("debian"));
        choice.keep("debian").unwrap();
        assert!(choice.is("debian") && !choice.is("rustup"));
    }

    #[test]
    fn plugins_are_built_with_names_for_paths() {
        let toolchain = Toolchain {
            description: "a test".into(),
            target: TARGET,
            cargo: "/usr/bin/cargo".into(),
            rustc: None,
            linker: Some("/usr/bin/wasm-ld-22".into()),
        };
        let root = Path::new("/some where");
        let target = root.join("target/wasm");
        let names = [(root.to_path_buf(), "/mlhost".to_owned())];
        let flags = toolchain.flags(&names).unwrap();
        let build = toolchain.cargo_build(root, &target, &flags);
        let flags = flags.to_string_lossy();
        let flags: Vec<_> = flags.split('\u{1f}').collect();
        assert!(
            flags.contains(&"--remap-path-prefix=/some where=/mlhost"),
            "{flags:?}"
        );
        assert!(
            build
                .get_args()
                .any(|argument| argument == "-Zbuild-std=std,panic_abort")
        );
    }
}
