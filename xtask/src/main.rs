//! The tasks of this repository that take more than one `cargo` command: building the plugins,
//! the demo, the tests and the checks. Every command that is run is announced on stderr; stdout
//! holds results only.

mod bench;
mod bench_arrow_udf;
mod check;
mod demo;
mod deny;
mod fuzz;
mod languages;
mod miri;
mod plugins;
mod reference;
mod test;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// The tasks of this repository
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the standard packages into target/plugins, and the tests' plugins into
    /// target/test-plugins
    Plugins {
        /// Build these alone, such as `mlhost:validate`
        packages: Vec<String>,
    },
    /// Build the examples of the SDKs for C, JavaScript and Python into target/languages
    Languages,
    /// Build everything, run the flights example, and predict in a fresh directory
    Demo {
        /// Keep the models and runs of earlier demos
        #[arg(long)]
        keep: bool,
    },
    /// Build the plugins in all languages, then run every test of the workspace
    Test {
        /// Passed on to `cargo test --workspace`
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Measure the sandbox, training in it, the flights example and millions of rows
    Bench {
        /// Passed on to the benchmark: --quick, --only scale, --rows NUMBER, --peers, --baseline FOLDER
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Measure the sandbox beside arrow-udf's WebAssembly runtime
    BenchArrowUdf {
        /// Passed on to the benchmark: --quick, --format json
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Write what the documentation says of parameters and checks, from the code
    Reference,
    /// Feed the host what it must not trust: batches, reports, packages, archives, pipelines, files
    Fuzz(fuzz::FuzzArguments),
    /// Run what Miri can run of the sandbox under Miri, which watches every access to memory
    Miri,
    /// Check licences, origin and known weaknesses of everything that is depended on
    Deny,
    /// Check format, lints and documentation, as continuous integration does
    Check,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            if let Some(hint) = error.chain().find_map(hint) {
                eprintln!("\nhint: {hint}");
            }
            ExitCode::FAILURE
        }
    }
}

/// What can be done about an error of the crates that build plugins.
fn hint(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    let toolchain = cause.downcast_ref().map(mlhost_toolchain::Error::hint);
    let languages = cause.downcast_ref().map(mlhost_languages::Error::hint);
    toolchain.or(languages).flatten()
}

fn run(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    match task {
        Task::Plugins { packages } => plugins::build_and_list(&workspace, &packages)?,
        Task::Languages => languages::build(&workspace)?,
        Task::Demo { keep } => demo::run(&workspace, keep)?,
        Task::Test { arguments } => return test::run(&workspace, &arguments),
        Task::Bench { arguments } => bench::run(&workspace, &arguments)?,
        Task::BenchArrowUdf { arguments } => bench_arrow_udf::run(&workspace, &arguments)?,
        Task::Reference => reference::run(&workspace)?,
        Task::Fuzz(arguments) => fuzz::run(&workspace, &arguments)?,
        Task::Miri => miri::run(&workspace)?,
        Task::Deny => deny::run(&workspace)?,
        Task::Check => check::run(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
