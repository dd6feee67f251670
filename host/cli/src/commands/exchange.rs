//! `host models export`, `import` and `card`: a model on its way to others.

use std::{fs, path::Path, process::ExitCode};

use anstream::eprintln;
use mlhost_exchange::{Exported, Facts, Imported, Incoming, PublicKey, SigningKey};
use mlhost_store::{ImportAliases, Selector};
use serde_json::json;

use super::versions::user;
use crate::{
    arguments::{ExportArguments, ImportArguments},
    error::Failure,
    output::Output,
    places, text,
};

pub(super) fn export(
    arguments: &ExportArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    let key = arguments
        .sign
        .as_deref()
        .map(SigningKey::read)
        .transpose()?;
    let stored = store.model(&arguments.model)?;
    let exported = mlhost_exchange::export(&store, &stored, &arguments.output, key.as_ref())?;
    output.print(&exported, exported_words)?;
    Ok(ExitCode::SUCCESS)
}

fn exported_words(exported: &Exported) -> String {
    let mut words = format!(
        "exported {} to {}: {}, {}\n  model     {}\n  manifest  {}\n",
        exported.reference,
        exported.output.display(),
        text::plural(exported.files, "file"),
        text::bytes(exported.bytes),
        exported.digest,
        exported.manifest
    );
    if let Some(key) = exported.signed_by {
        words.push_str(&format!("  signed    with the key {key}\n"));
    }
    words
}

pub(super) fn import(
    arguments: &ImportArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let key = arguments
        .verify
        .as_deref()
        .map(PublicKey::read)
        .transpose()?;
    // A refused archive does not even leave an empty store behind.
    let incoming = Incoming::check(&arguments.archive, key.as_ref())?;
    let store = places::store_here(store)?;
    let reason = format!("imported from {}", incoming.source());
    let moved = ImportAliases {
        aliases: &arguments.aliases,
        by: &user()?,
        reason: &reason,
    };
    let imported = incoming.import(&store, arguments.name.as_deref(), moved)?;
    if imported.signed && key.is_none() {
        eprintln!("the archive is signed; `--verify PUBLIC_KEY` would check by whom");
    }
    output.print(&imported, |imported| {
        imported_words(imported, &arguments.aliases)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn imported_words(imported: &Imported, aliases: &[String]) -> String {
    let (name, version) = (&imported.name, imported.version);
    let mut words = match imported.new {
        true => format!(
            "imported {} from {} as {name}@{version}\n",
            text::visible(&imported.from.reference),
            imported.from.source
        ),
        false => format!("{name}@{version} is this model already: nothing was imported\n"),
    };
    words.push_str(&format!("  model     {}\n", imported.digest));
    if let Some(key) = imported.from.signed_by {
        words.push_str(&format!("  signed    with the key {key}\n"));
    }
    for alias in aliases {
        words.push_str(&format!("  alias     {name}@{alias}\n"));
    }
    words
}

pub(super) fn card(
    model: &Selector,
    file: Option<&Path>,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    let stored = store.model(model)?;
    let run = stored.run.map(|run| store.run(run)).transpose()?;
    let card = mlhost_exchange::card(&Facts {
        stored: &stored,
        description: stored.description.as_deref(),
        tags: &stored.tags,
        record: run.as_ref().and_then(|run| run.record.as_ref()),
    })?;
    let model = format!("{}@{}", stored.name, stored.version);
    match file {
        None => output.print(&json!({ "model": model, "card": card }), |_| &card)?,
        Some(file) => {
            fs::write(file, &card).map_err(|error| {
                Failure::internal(format!("could not write `{}`: {error}", file.display()))
            })?;
            let output_file = file.display().to_string();
            output.print(&json!({ "model": model, "output": output_file }), |_| {
                format!("wrote the card of {model} to {output_file}")
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
