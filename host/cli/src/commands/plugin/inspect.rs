//! `host plugin inspect`: what a plugin says of itself, imports and takes.

use std::path::Path;

use comfy_table::CellAlignment::Left;
use mlhost_sandbox::{Description, Package};
use serde::Serialize;
use serde_json::Value;

use super::engine;
use crate::{
    arguments::InspectArguments,
    error::Failure,
    output::{self, Output},
    text,
};

/// What an inspection prints.
#[derive(Serialize)]
struct Inspection {
    #[serde(flatten)]
    package: Package,
    digest: String,
    bytes: u64,
    imports: Vec<String>,
    describes: Description,
}

pub(super) fn inspect(arguments: &InspectArguments, output: &mut Output) -> Result<(), Failure> {
    let engine = engine()?;
    let found = engine.packages().find(&arguments.plugin, Path::new("."))?;
    let inspection = Inspection {
        package: found.plugin.package().clone(),
        digest: found.plugin.digest().to_owned(),
        bytes: found.component.len() as u64,
        imports: found.plugin.imports().to_vec(),
        describes: found.plugin.description().clone(),
    };
    output.print(&inspection, words)
}

fn words(inspection: &Inspection) -> String {
    let Inspection {
        package, describes, ..
    } = inspection;
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
    let size = text::bytes(inspection.bytes);
    let lines = [
        ("contract", Some(&describes.contract)),
        ("digest", Some(&inspection.digest)),
        ("size", Some(&size)),
        ("authors", package.authors.as_ref()),
        ("licences", package.licenses.as_ref()),
        ("source", package.source.as_ref()),
    ];
    for (name, value) in lines {
        if let Some(value) = value {
            words.push_str(&format!("  {name:9} {value}\n"));
        }
    }
    words.push_str("\nimports\n");
    for import in &inspection.imports {
        words.push_str(&format!("  {import}\n"));
    }
    words.push_str("\nparameters\n");
    words.push_str(&parameters(&describes.params_schema));
    words
}

/// A table of the parameters at the top of a JSON Schema.
fn parameters(schema: &Value) -> String {
    let required: Vec<_> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let Some(properties) = schema["properties"]
        .as_object()
        .filter(|all| !all.is_empty())
    else {
        return "  none\n".to_owned();
    };
    let rows = properties.iter().map(|(name, property)| {
        let default = match property.get("default") {
            Some(default) if !default.is_null() => default.to_string(),
            None if required.contains(&name.as_str()) => "required".to_owned(),
            _ => String::new(),
        };
        let description = property["description"]
            .as_str()
            .unwrap_or_default()
            .replace('\n', " ");
        vec![format!("  {name}"), kind(property), default, description]
    });
    let headings = [
        ("  NAME", Left),
        ("TYPE", Left),
        ("DEFAULT", Left),
        ("DESCRIPTION", Left),
    ];
    let mut table = output::table(&headings, rows);
    table
        .set_content_arrangement(comfy_table::ContentArrangement::Dynamic)
        .set_width(100);
    format!("{table}\n")
}

/// The type of a property in few words.
fn kind(property: &Value) -> String {
    let alternatives = property.get("enum").or_else(|| property.get("oneOf"));
    if let Some(alternatives) = alternatives.or_else(|| property.get("anyOf")) {
        let words = alternatives
            .as_array()
            .into_iter()
            .flatten()
            .map(
                |alternative| match alternative.get("const").unwrap_or(alternative) {
                    Value::String(word) => format!("\"{word}\""),
                    Value::Object(_) => kind(alternative),
                    other => other.to_string(),
                },
            );
        return words
            .filter(|word| word != "null")
            .collect::<Vec<_>>()
            .join(" | ");
    }
    let named = |word: &str| match word {
        "array" => format!("list of {}", kind(&property["items"])),
        word => word.to_owned(),
    };
    match &property["type"] {
        Value::String(word) => named(word),
        Value::Array(words) => {
            let words = words.iter().filter_map(Value::as_str);
            let words = words.filter(|word| *word != "null");
            words.map(named).collect::<Vec<_>>().join(" | ")
        }
        _ => "any".to_owned(),
    }
}
