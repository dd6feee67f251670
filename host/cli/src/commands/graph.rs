//! `host graph`: a pipeline as a drawing. It needs neither its plugins nor its data.

use std::{env, fs, io::IsTerminal, path::Path, process::ExitCode};

use mlhost_report::graph::{Characters, Graph};
use serde_json::json;

use super::{overrides, read_pipeline};
use crate::{
    arguments::{Format, GraphArguments},
    error::Failure,
    output::Output,
};

/// How wide a drawing of text is at most.
const COLUMNS: usize = 100;

pub(super) fn graph(arguments: &GraphArguments, output: &mut Output) -> Result<ExitCode, Failure> {
    let pipeline = &arguments.pipeline;
    let overrides = overrides(&pipeline.overrides)?;
    let (pipeline, _) = read_pipeline(&pipeline.pipeline, &overrides)?;
    let graph = Graph::of(&pipeline).map_err(|error| Failure::internal(error.to_string()))?;
    match &arguments.output {
        Some(file) => write(&graph, arguments, file, output)?,
        None => output.print(&graph, |graph| drawing(graph, arguments))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The drawing in every format but JSON.
fn drawing(graph: &Graph, arguments: &GraphArguments) -> String {
    match arguments.format {
        Format::Mermaid => graph.mermaid(),
        Format::Dot => graph.dot(),
        Format::Svg => graph.svg(),
        _ => graph.text(characters(arguments), COLUMNS),
    }
}

fn write(
    graph: &Graph,
    arguments: &GraphArguments,
    file: &Path,
    output: &mut Output,
) -> Result<(), Failure> {
    let content = match arguments.format {
        Format::Json => serde_json::to_string_pretty(graph)
            .map(|json| json + "\n")
            .map_err(|error| Failure::internal(error.to_string()))?,
        _ => drawing(graph, arguments),
    };
    fs::write(file, content).map_err(|error| {
        Failure::internal(format!("could not write `{}`: {error}", file.display()))
    })?;
    let file = file.display().to_string();
    let result = json!({ "pipeline": graph.title(), "output": file });
    output.print(&result, |_| {
        format!("wrote the drawing of `{}` to {file}", graph.title())
    })
}

/// Those that the terminal says it has; a file or another program gets all.
fn characters(arguments: &GraphArguments) -> Characters {
    let is_elsewhere = arguments.output.is_some() || !std::io::stdout().is_terminal();
    match !arguments.ascii && (is_elsewhere || cfg!(windows) || is_utf_8()) {
        true => Characters::Unicode,
        false => Characters::Ascii,
    }
}

/// Whether the first of the variables that say the encoding says UTF-8.
fn is_utf_8() -> bool {
    let variables = ["LC_ALL", "LC_CTYPE", "LANG"].iter();
    let mut values = variables.filter_map(|name| env::var(name).ok());
    let value = values.find(|value| !value.is_empty()).unwrap_or_default();
    let value = value.to_ascii_lowercase();
    value.contains("utf-8") || value.contains("utf8")
}
