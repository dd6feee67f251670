//! Measures what the sandbox costs: batches on their way into a plugin and back, starting one,
//! training in one, and whole processes: the flights example, steps that have nothing to do, large
//! pipelines, and millions of rows.
//!
//! Every number is the median of a series, and series that are compared are taken in turns, so
//! that what else the machine does falls on all of them alike.

mod arguments;
mod baseline;
mod boundary;
mod checks;
mod clock;
mod control;
mod deadlines;
mod drift;
mod flights;
mod host;
mod languages;
mod metadata;
mod peers;
mod process;
mod report;
mod rows;
mod scale;
mod scratch;
mod series;
mod startup;
mod steps;
mod table;
mod training;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

use crate::arguments::{Arguments, Format, Section};
use crate::report::Report;
use crate::scratch::Scratch;

/// The allocator of the `host` binary: what is measured here should hold there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    let effort = arguments.effort();
    let kernels = component(&arguments.test_plugins, "test_kernels.wasm")?;
    let _scratch = Scratch::new()?;
    let report = Report {
        boundary: arguments.section(Section::Boundary, || boundary::measure(&kernels, &effort))?,
        startup: arguments.section(Section::Startup, || {
            startup::measure(arguments, &kernels, &effort)
        })?,
        deadlines: arguments.section(Section::Deadlines, || {
            let hostile = component(&arguments.test_plugins, "test_hostile.wasm")?;
            deadlines::measure(&hostile, &effort)
        })?,
        training: arguments.section(Section::Training, || training::measure(arguments, &effort))?,
        flights: arguments.section(Section::Flights, || flights::measure(arguments, &effort))?,
        metadata: arguments.section(Section::Metadata, || metadata::measure(arguments, &effort))?,
        control: arguments.section(Section::Control, || control::measure(arguments, &effort))?,
        steps: arguments.section(Section::Steps, || steps::measure(arguments, &effort))?,
        drift: arguments.section(Section::Drift, || drift::measure(arguments, &effort))?,
        checks: arguments.section(Section::Checks, || checks::measure(arguments, &effort))?,
        languages: arguments.section(Section::Languages, || {
            languages::measure(arguments, &effort)
        })?,
        scale: arguments.section(Section::Scale, || scale::measure(arguments, &effort))?,
    };
    match arguments.format {
        Format::Text => print!("{report}"),
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    Ok(())
}

/// The bytes of a component in a folder.
fn component(folder: &Path, name: &str) -> Result<Vec<u8>> {
    let path: PathBuf = folder.join(name);
    fs::read(&path).with_context(|| format!("could not read {}", path.display()))
}
