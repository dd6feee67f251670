//! Feeds the host what it must not trust, until it has worked on it for long enough: a program of
//! cargo-fuzz for each kind of input, which is built once with what tells the fuzzer where an input has
//! led. What counts is the time of processors and not that of the clock, so that it is as much on a
//! machine that has other things to do.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use mlhost_toolchain::command;
use wait4::{ResUse, Wait4};

use crate::workspace::Workspace;

/// Below the workspace root: the programs, the inputs that are kept, and those that once went wrong.
const PROGRAMS: &str = "tests/fuzz/targets";
const CORPUS: &str = "tests/fuzz/corpus";
const REGRESSIONS: &str = "tests/fuzz/regressions";

/// The version that is installed where there is none.
const CARGO_FUZZ: &str = "^0.13";

/// Where cargo-fuzz finds which versions to build, below the workspace root.
const LOCK: &str = "tests/fuzz/targets/Cargo.lock";

/// The most bytes of an input, and megabytes in all.
const LIMITS: [&str; 2] = ["-max_len=32768", "-rss_limit_mb=4096"];

/// The most seconds for an input, and what the fuzzer ends with when one took longer, and how it calls
/// that one.
const MOST_SECONDS: u64 = 30;
const TOO_SLOW: i32 = 70;
const SLOW_INPUT: &str = "timeout-";

#[derive(Args)]
pub(crate) struct FuzzArguments {
    /// The targets [default: all of them]
    targets: Vec<String>,

    /// Seconds of processor time for each target
    #[arg(long, default_value_t = 600)]
    seconds: u64,

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
        fuzzer.fuzz(target, Duration::from_secs(arguments.seconds))?;
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
        let root = self.workspace.root();
        let mut build = command::cargo();
        // With the whole workspace in view, what the tests are built with is taken.
        build.args(["build", "--workspace", "--bin", "seeds"]);
        command::run(build.current_dir(root))?;
        let program = format!("seeds{EXE_SUFFIX}");
        let mut seeds = Command::new(self.workspace.target().join("debug").join(program));
        seeds.arg(self.folder("seeds")).current_dir(root);
        Ok(command::run(&mut seeds)?)
    }

    /// Builds the program of a target with the versions that the host is built with.
    fn build(&self, target: &str) -> Result<PathBuf> {
        let root = self.workspace.root();
        fs::copy(root.join("Cargo.lock"), root.join(LOCK))?;
        let machine = command::stdout(Command::new("rustc").args(["--print", "host-tuple"]))?;
        let machine = machine.trim();
        let built = self.folder("build");
        let mut build = self.command("build");
        build.args(["--sanitizer", self.sanitizer, "--target", machine]);
        build.arg("--target-dir").arg(&built).arg(target);
        command::run(&mut build)?;
        Ok(built.join(machine).join("release").join(target))
    }

    /// A program that was built, with what bounds every input.
    fn program(&self, path: &Path) -> Command {
        let mut program = Command::new(path);
        program.current_dir(self.workspace.root()).args(LIMITS);
        if self.sanitizer == "address" {
            // As cargo-fuzz does: the same constant in two crates is no finding.
            program.env("ASAN_OPTIONS", "detect_odr_violation=0");
        }
        program
    }

    /// Runs the fuzzer on a target, and again with what it found, until it has had its share of
    /// processor time: its own limit counts the time of the clock.
    fn fuzz(&self, target: &str, share: Duration) -> Result<()> {
        let artifacts = self.created("artifacts", target)?;
        let folders = [vec![self.created("found", target)?], self.inputs(target)].concat();
        let path = self.build(target)?;
        let mut used = Duration::ZERO;
        while used < share {
            let mut program = self.program(&path);
            // None at all would be without end.
            let seconds = (share - used).as_secs() + 1;
            program.arg(format!("-max_total_time={seconds}"));
            program.arg(format!("-timeout={MOST_SECONDS}"));
            program.arg(format!("-artifact_prefix={}/", artifacts.display()));
            program.arg("-print_final_stats=1").args(&folders);
            let worked = Worked::of(&mut program)?;
            used += worked.time;
            if worked.status.code() == Some(TOO_SLOW) {
                self.forget_what_only_waited(&path, &artifacts)?;
            } else {
                worked.check().with_context(|| found(target, &artifacts))?;
            }
            let used = used.as_secs();
            eprintln!("{target}: nothing was found in {used} s of processor time");
        }
        Ok(())
    }

    /// Removes the inputs that took too long by the clock alone: the fuzzer knows no other time, and a
    /// program that has to wait for a processor is no finding.
    ///
    /// # Errors
    /// When one of them takes too long by the time of processors as well.
    fn forget_what_only_waited(&self, path: &Path, artifacts: &Path) -> Result<()> {
        for input in fs::read_dir(artifacts)? {
            let input = input?;
            if !input.file_name().to_string_lossy().starts_with(SLOW_INPUT) {
                continue;
            }
            let mut program = self.program(path);
            program.arg("-timeout=3600").arg(input.path());
            let worked = Worked::of(&mut program)?;
            worked.check()?;
            ensure!(
                worked.time < Duration::from_secs(MOST_SECONDS),
                "{} took {} s of processor time",
                input.path().display(),
                worked.time.as_secs()
            );
            fs::remove_file(input.path())?;
        }
        Ok(())
    }

    /// Puts the fewest inputs that lead wherever the found ones led in place of those that are kept.
    fn keep(&self, target: &str) -> Result<()> {
        let found = self.folder("found").join(target);
        let merged = self.folder("merged").join(target);
        if merged.exists() {
            fs::remove_dir_all(&merged)?;
        }
        fs::create_dir_all(&merged)?;
        let mut merge = self.program(&self.build(target)?);
        // Where an input leads counts, and not how often it comes by there: that would be ten times as
        // many inputs.
        merge.args(["-set_cover_merge=1", "-use_counters=0"]);
        merge.arg(&merged).arg(found);
        merge.args(self.inputs(target));
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

/// What to do with what was found.
fn found(target: &str, artifacts: &Path) -> String {
    let artifacts = artifacts.display();
    format!(
        "the input is in {artifacts}; once what is wrong is repaired, it belongs into \
         {REGRESSIONS}/{target}"
    )
}

/// What came of a program, and the processor time that it took: of all its threads, in user mode and
/// in the kernel.
struct Worked {
    line: String,
    status: ExitStatus,
    time: Duration,
}

impl Worked {
    /// Runs a program.
    ///
    /// # Errors
    /// When it cannot be started.
    fn of(program: &mut Command) -> Result<Self> {
        let line = command::line(program);
        eprintln!("$ {line}");
        let ResUse { status, rusage } = program.spawn()?.wait4()?;
        Ok(Self {
            line,
            status,
            time: rusage.utime + rusage.stime,
        })
    }

    /// # Errors
    /// When it has failed.
    fn check(&self) -> Result<()> {
        let Self { line, status, .. } = self;
        ensure!(status.success(), "`{line}` failed: {status}");
        Ok(())
    }
}
