//! Measures batches through a plugin of the sandbox beside the same batches through functions in
//! arrow-udf's WebAssembly runtime that do the same with them.
//!
//! Every number is the median of a series, and the series are taken in turns, so that what else
//! the machine does falls on all of them alike.

#[path = "../../bench/src/clock.rs"]
#[expect(dead_code, reason = "the other benchmarks measure whole processes too")]
mod clock;
mod comparison;
mod ours;
mod report;
#[path = "../../bench/src/rows.rs"]
mod rows;
#[path = "../guest/src/scales.rs"]
mod scales;
#[path = "../../bench/src/series.rs"]
#[expect(dead_code, reason = "the other benchmarks measure wall time too")]
mod series;
#[path = "../../bench/src/table.rs"]
mod table;
mod theirs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};

use crate::report::Report;

/// The allocator of the `host` binary. Both sides have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the boundary of the sandbox beside that of arrow-udf's WebAssembly runtime
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask bench-arrow-udf",
    bin_name = "cargo xtask bench-arrow-udf"
)]
struct Arguments {
    /// The component of the plugin
    #[arg(long, value_name = "FILE")]
    plugin: PathBuf,

    /// The module with the functions for arrow-udf
    #[arg(long, value_name = "FILE")]
    functions: PathBuf,

    /// Measure less often: for a first look
    #[arg(long)]
    quick: bool,

    /// How to print the results
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let (plugin, functions) = (read(&arguments.plugin)?, read(&arguments.functions)?);
    let rounds = if arguments.quick { 7 } else { 41 };
    let report = Report {
        comparisons: comparison::measure(&plugin, &functions, rounds)?,
    };
    match arguments.format {
        Format::Text => print!("{report}"),
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}
