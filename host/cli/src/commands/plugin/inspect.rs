//! `host plugin inspect`: what a plugin says of itself, imports and takes.

use std::path::Path;

use comfy_table::CellAlignment::Left;
use mlhost_packages::{Metadata, Parameter, Pins, import_in_words, parameters};
use mlhost_sandbox::{Description, Limits, Wants};
use serde::Serialize;

use super::engine;
use crate::{
    arguments::InspectArguments,
    configuration,
    error::Failure,
    output::{self, Output},
    text,
};

/// What an inspection prints.
#[derive(Serialize)]
struct Inspection {
    #[serde(flatten)]
    metadata: Metadata,
    wants: Wants,
    describes: Description,
    parameters: Vec<Parameter>,
}

pub(super) fn inspect(arguments: &InspectArguments, output: &mut Output) -> Result<(), Failure> {
    let engine = engine()?;
    let mut pins = Pins::of(&arguments.pipeline, arguments.access.access())?;
    let packages = engine.packages();
    let limits = Limits::from(&configuration::limits()?);
    let found = packages.find_pinned(&arguments.plugin, Path::new("."), &mut pins, &limits)?;
    let describes = found.plugin.description().clone();
    let inspection = Inspection {
        metadata: Metadata::read(&found.component)?,
        wants: found.plugin.wants().clone(),
        parameters: parameters(&describes.params_schema),
        describes,
    };
    output.print(&inspection, words)
}

fn words(inspection: &Inspection) -> String {
    let Inspection {
        metadata,
        wants,
        describes,
        parameters,
    } = inspection;
    let package = &metadata.package;
    let name = package.name.as_ref().unwrap_or(&describes.name);
    let version = package
        .version
        .as_ref()
        .map(|version| format!("@{version}"));
    let mut words = format!(
        "{name}{}, {}\n  {}\n\n",
        version.unwrap_or_default(),
        describes.kind.described(),
        describes.summary
    );
    let size = text::bytes(metadata.bytes);
    let lines = [
        ("about", package.description.as_ref()),
        ("contract", Some(&describes.contract)),
        ("digest", Some(&metadata.digest)),
        ("size", Some(&size)),
        ("authors", package.authors.as_ref()),
        ("licences", package.licenses.as_ref()),
        ("source", package.source.as_ref()),
        ("homepage", package.homepage.as_ref()),
        ("revision", package.revision.as_ref()),
    ];
    for (name, value) in lines {
        if let Some(value) = value {
            words.push_str(&format!("  {name:9} {value}\n"));
        }
    }
    words.push_str("\nimports\n");
    let widest = metadata.imports.iter().map(String::len).max();
    let width = widest.unwrap_or_default();
    for import in &metadata.imports {
        let meaning = import_in_words(import);
        words.push_str(&format!("  {import:width$}  {meaning}\n"));
    }
    if metadata.imports.is_empty() {
        words.push_str("  none\n");
    }
    words.push_str("\nreaches beside its rows\n");
    words.push_str(&reaches(wants, &metadata.imports));
    words.push_str("\nparameters\n");
    words.push_str(&table(parameters));
    words
}

/// What the plugin may want to reach, in words, and what comes of that.
fn reaches(wants: &Wants, imports: &[String]) -> String {
    let wants = wants.in_words();
    if wants.is_empty() {
        return match imports.iter().any(|name| name.starts_with("wasi:")) {
            true => "  nothing: it imports WASI, and sees an empty world\n".to_owned(),
            false => "  nothing\n".to_owned(),
        };
    }
    let wants = wants.iter();
    let wants = wants.map(|wants| format!("  may ask to {wants}, where a step allows it\n"));
    wants.collect()
}

/// All parameters, those inside others below them.
fn table(parameters: &[Parameter]) -> String {
    if parameters.is_empty() {
        return "  none\n".to_owned();
    }
    let rows = parameters.iter().map(|parameter| {
        let default = match &parameter.default {
            Some(default) => default.to_string(),
            None if parameter.required => "required".to_owned(),
            None => String::new(),
        };
        vec![
            format!("  {}", parameter.name),
            parameter.kind.clone(),
            default,
            parameter.meaning.clone(),
        ]
    });
    let headings = [
        ("  NAME", Left),
        ("TYPE", Left),
        ("DEFAULT", Left),
        ("MEANING", Left),
    ];
    let mut table = output::table(&headings, rows);
    table
        .set_content_arrangement(comfy_table::ContentArrangement::Dynamic)
        .set_width(120);
    format!("{table}\n")
}
