//! `host models`: what is registered.

use std::{path::Path, process::ExitCode};

use comfy_table::CellAlignment::{Left, Right};
use mlhost_store::ModelSummary;

use super::{compare, exchange, lineage, versions};
use crate::{
    arguments::{ModelsArguments, ModelsCommand},
    error::Failure,
    output::{self, Output},
    places, text,
};

pub(super) fn models(
    arguments: &ModelsArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    match &arguments.command {
        None => {
            let store = places::existing_store(store)?;
            output.print(&store.models()?, |models| list(models))?;
        }
        Some(ModelsCommand::Show { model }) => {
            let store = places::existing_store(store)?;
            output.print(&store.model(model)?, |stored| {
                lineage::show(stored, store.blobs())
            })?;
        }
        Some(ModelsCommand::Compare { left, right }) => {
            return compare::compare(left, right, store, output);
        }
        Some(ModelsCommand::Card {
            model,
            output: file,
        }) => {
            return exchange::card(model, file.as_deref(), store, output);
        }
        Some(ModelsCommand::Export(arguments)) => {
            return exchange::export(arguments, store, output);
        }
        Some(ModelsCommand::Import(arguments)) => {
            return exchange::import(arguments, store, output);
        }
        Some(ModelsCommand::Version(command)) => {
            let store = places::existing_store(store)?;
            versions::versions(command, &store, output)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(models: &[ModelSummary]) -> String {
    if models.is_empty() {
        return "no model is registered yet".to_owned();
    }
    let rows = models.iter().map(|model| {
        let aliases = model
            .aliases
            .iter()
            .map(|(alias, version)| format!("{alias}@{version}"));
        vec![
            model.name.clone(),
            model.version.to_string(),
            model.created_at.strftime("%Y-%m-%d %H:%M").to_string(),
            model.run.map(|run| run.to_string()).unwrap_or_default(),
            text::short(&model.digest.to_string()).to_owned(),
            aliases.collect::<Vec<_>>().join(" "),
            versions::tags(&model.tags),
            model.description.clone().unwrap_or_default(),
        ]
    });
    let headings = [
        ("MODEL", Left),
        ("LATEST", Right),
        ("REGISTERED (UTC)", Left),
        ("RUN", Right),
        ("DIGEST", Left),
        ("ALIASES", Left),
        ("TAGS", Left),
        ("DESCRIPTION", Left),
    ];
    // The last ones are for those who use them.
    let has_tags = models.iter().any(|model| !model.tags.is_empty());
    let has_description = models.iter().any(|model| model.description.is_some());
    let columns = match (has_tags, has_description) {
        (_, true) => 8,
        (true, false) => 7,
        (false, false) => 6,
    };
    let rows = rows.map(|mut row: Vec<String>| {
        row.truncate(columns);
        row
    });
    output::table(&headings[..columns], rows).to_string()
}
