//! `host show`: a pipeline as it would run, with everything that is put over it.

use std::{fmt::Write, process::ExitCode};

use mlhost_engine::PatchRecord;
use mlhost_pipeline::Pipeline;
use serde::Serialize;
use serde_json::Value;

use super::{changes, overrides, read_pipeline};
use crate::{arguments::PipelineArguments, error::Failure, output::Output};

/// What is printed.
#[derive(Serialize)]
struct Shown {
    pipeline: Value,
    patches: Vec<PatchRecord>,
}

pub(super) fn show(
    arguments: &PipelineArguments,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let overrides = overrides(&arguments.overrides)?;
    let (pipeline, _) = read_pipeline(&arguments.pipeline, &overrides)?;
    let toml = pipeline
        .to_toml()
        .map_err(|error| Failure::internal(error.to_string()))?;
    let shown = Shown {
        pipeline: pipeline.to_json(),
        patches: pipeline.patches.iter().map(PatchRecord::of).collect(),
    };
    output.print(&shown, |shown| words(&pipeline, shown, &toml))?;
    Ok(ExitCode::SUCCESS)
}

/// The pipeline as TOML, and before it in comments what has changed.
fn words(pipeline: &Pipeline, shown: &Shown, toml: &str) -> String {
    let mut words = String::new();
    // Writing to a string cannot fail.
    for patch in &shown.patches {
        let source = pipeline.source().name();
        let _ = writeln!(words, "# {} {}", source, one_line(&patch.to_string()));
        for change in &patch.changes {
            let _ = writeln!(words, "#   {}", one_line(&changes::value(change)));
        }
    }
    if !words.is_empty() {
        words.push('\n');
    }
    words + toml
}

/// A comment ends with its line.
fn one_line(text: &str) -> String {
    let escaped = |character: char| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    text.chars().map(escaped).collect()
}
