//! Feeds the host what it must not trust, until the time is up: a program of cargo-fuzz for each kind
//! of input, which is built once with what tells the fuzzer where an input has led.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;
use mlhost_toolchain::command;

use crate::workspace::Workspace;

/// Below the workspace root: the programs, the inputs that are kept, and those that once went wrong.
const PROGRAMS: &str = "tests/fuzz/targets";
const CORPUS: &str = "tests/fuzz/corpus";
const REGRESSIONS: &str = "tests/fuzz/regressions";

/// The version that is installed where there is none.
const CARGO_FUZZ: &str = "^0.13";

/// The most bytes of an input, seconds for one, and megabytes in all.
const LIMITS: [&str; 3] = ["-max_len=32768", "-timeout=30", "-rss_limit_mb=4096"];

#[derive(Args)]
pub(crate) struct FuzzArguments {
    /// The targets [default: all of them]
    targets: Vec<String>,

    /// Seconds for each target
    #[arg(long, default_value_t = 600)]
    seconds: u32,

    /// Look for reads and writes where nothing is as well, which takes twice as long
    #[arg(long)]
    address_sanitizer: bool,

    /// Afterwards, keep the fewest inputs that lead wherever the found ones led, in the repository
    #[arg(long)]
    keep: bool,
}

/// Runs the fuzzer on each target, and stops at the first finding.
///
/// # Errors
/// When something was found, or a tool is missing and cannot be installed.
pub(crate) fn run(workspace: &Workspace, arguments: &FuzzArguments) -> Result<()> {
    let fuzzer = Fuzzer::find(workspace, arguments.address_sanitizer)?;
    let known = fuzzer.targets()?;
    let unknown = arguments
        .targets
        .iter()
        .find(|target| !known.contains(target));
    if let Some(unknown) = unknown {
        bail!(
            "there is no target `{unknown}`; there are {}",
            known.join(", ")
        );
    }
    let chosen = match arguments.targets.is_empty() {
        true => &known,
        false => &arguments.targets,
    };
    fuzzer.seed()?;
    for target in chosen {
        fuzzer.fuzz(target, arguments.seconds)?;
        if arguments.keep {
            fuzzer.keep(target)?;
        }
    }
    Ok(())
}

struct Fuzzer<'a> {
    workspace: &'a Workspace,
    cargo_fuzz: PathBuf,
    sanitizer: &'static str,
}

impl<'a> Fuzzer<'a> {
    /// The cargo-fuzz on the path, or one of this workspace's own.
    fn find(workspace: &'a Workspace, looks_at_addresses: bool) -> Result<Self> {
        let tools = workspace.target().join("tools");
        let own = tools.join("bin").join("cargo-fuzz");
        let on_path = Command::new("cargo-fuzz").arg("--version").output().is_ok();
        if !on_path && !own.exists() {
            let mut install = command::cargo();
            install.args([
                "install",
                "cargo-fuzz",
                "--version",
                CARGO_FUZZ,
                "--locked",
                "--root",
            ]);
            command::run(install.arg(&tools))?;
        }
        Ok(Self {
            workspace,
            cargo_fuzz: if on_path { "cargo-fuzz".into() } else { own },
            sanitizer: if looks_at_addresses {
                "address"
            } else {
                "none"
            },
        })
    }

    /// `cargo fuzz` with a subcommand. The compiler that builds everything else knows the flags that
    /// it needs, but takes them from its makers only, unless it is told to.
    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.cargo_fuzz);
        command
            .current_dir(self.workspace.root())
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["fuzz", subcommand, "--fuzz-dir", PROGRAMS]);
        command
    }

    fn targets(&self) -> Result<Vec<String>> {
        let listed = command::stdout(&mut self.command("list"))?;
        Ok(listed.lines().map(str::to_owned).collect())
    }

    /// Writes the inputs to begin with.
    fn seed(&self) -> Result<()> {
        let mut seeds = command::cargo();
        seeds.args(["run", "--package", "mlhost-fuzz", "--bin", "seeds", "--"]);
        seeds.arg(self.folder("seeds"));
        Ok(command::run(seeds.current_dir(self.workspace.root()))?)
    }

    fn fuzz(&self, target: &str, seconds: u32) -> Result<()> {
        let found = self.created("found", target)?;
        let artifacts = self.created("artifacts", target)?;
        let mut run = self.command("run");
        run.args(["--sanitizer", self.sanitizer, target]).arg(found);
        run.args(self.inputs(target)).arg("--").args(LIMITS);
        run.arg(format!("-max_total_time={seconds}"));
        run.arg(format!("-artifact_prefix={}/", artifacts.display()));
        command::run(&mut run).with_context(|| {
            format!(
                "the input is in {}; once what is wrong is repaired, it belongs into \
                 {REGRESSIONS}/{target}",
                artifacts.display()
            )
        })
    }

    /// Puts the fewest inputs that lead wherever the found ones led in place of those that are kept.
    fn keep(&self, target: &str) -> Result<()> {
        let found = self.folder("found").join(target);
        let merged = self.folder("merged").join(target);
        if merged.exists() {
            fs::remove_dir_all(&merged)?;
        }
        fs::create_dir_all(&merged)?;
        let mut merge = self.command("run");
        merge
            .args(["--sanitizer", self.sanitizer, target])
            .arg(&merged)
            .arg(found);
        merge
            .args(self.inputs(target))
            .args(["--", "-merge=1"])
            .args(LIMITS);
        command::run(&mut merge)?;
        let kept = self.workspace.root().join(CORPUS).join(target);
        if kept.exists() {
            fs::remove_dir_all(&kept)?;
        }
        fs::create_dir_all(&kept)?;
        for input in fs::read_dir(&merged)? {
            let input = input?;
            fs::copy(input.path(), kept.join(input.file_name()))?;
        }
        Ok(())
    }

    /// The folders with inputs of a target.
    fn inputs(&self, target: &str) -> Vec<PathBuf> {
        let root = self.workspace.root();
        let folders = [
            self.folder("seeds"),
            root.join(CORPUS),
            root.join(REGRESSIONS),
        ];
        let folders = folders.iter().map(|folder| folder.join(target));
        folders.filter(|folder| folder.is_dir()).collect()
    }

    fn created(&self, name: &str, target: &str) -> Result<PathBuf> {
        let folder = self.folder(name).join(target);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.workspace.target().join("fuzz").join(Path::new(name))
    }
}
