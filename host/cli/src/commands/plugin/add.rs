//! `host plugin add`: a package for a pipeline.

use mlhost_packages::{Added, Adding, Parameter, Pins, PublicKey, parameters};
use mlhost_pipeline::PluginReference;
use serde::Serialize;

use super::engine;
use crate::{
    arguments::AddArguments, commands::packages::say_changes, error::Failure, output::Output,
};

/// What an addition prints.
#[derive(Serialize)]
struct Addition {
    #[serde(flatten)]
    added: Added,
    /// The lock; nothing, if there is no pipeline.
    lock: Option<String>,
    #[serde(skip)]
    plugin: PluginReference,
}

pub(super) fn add(arguments: &AddArguments, output: &mut Output) -> Result<(), Failure> {
    let key = arguments
        .verify
        .as_deref()
        .map(PublicKey::read)
        .transpose()?;
    let access = arguments.access.access();
    let has_pipeline = arguments.pipeline.is_file();
    let mut pins = match has_pipeline {
        true => Pins::of(&arguments.pipeline, access)?,
        false => Pins::none(access),
    };
    let adding = Adding {
        registry: arguments.registry.as_deref(),
        key: key.as_ref(),
    };
    let engine = engine()?;
    let added = engine
        .packages()
        .add(&arguments.plugin, &adding, &mut pins)?;
    say_changes(&pins.save()?);
    let addition = Addition {
        added,
        lock: pins.path().map(|path| path.display().to_string()),
        plugin: arguments.plugin.clone(),
    };
    output.print(&addition, words)
}

fn words(addition: &Addition) -> String {
    let Addition {
        added,
        lock,
        plugin,
    } = addition;
    let description = added.found.plugin.description();
    let mut words = format!(
        "{}@{}, {}\n  {}\n\n",
        added.name,
        added.version,
        description.kind.described(),
        description.summary
    );
    words.push_str(&match &added.registry {
        Some(registry) => format!("  from      {registry}\n"),
        None => "  from      this machine\n".to_owned(),
    });
    if let Some(key) = &added.signed_by {
        words.push_str(&format!("  signed    {key}\n"));
    }
    words.push_str(&format!("  digest    {}\n", added.digest));
    match lock {
        Some(lock) => words.push_str(&format!("  lock      {lock}\n")),
        None => words.push_str("  lock      none: there is no pipeline here\n"),
    }
    let name = &description.name;
    words.push_str(&format!(
        "\n[steps.{name}]\nplugin = \"{plugin}\"\ninput = \"…\"\n"
    ));
    for parameter in parameters(&description.params_schema) {
        if parameter.required && !parameter.name.contains(['.', '[']) {
            let Parameter {
                name,
                kind,
                meaning,
                ..
            } = parameter;
            words.push_str(&format!("with.{name} = …  # {kind}: {meaning}\n"));
        }
    }
    words
}
