//! `host plugin update`: moves the lock of a pipeline.

use std::path::Path;

use mlhost_packages::{Access, Error, LockChange, Pins};
use mlhost_pipeline::{Overrides, Patch, PluginReference, profile_names};
use serde::Serialize;

use super::engine;
use crate::{
    arguments::UpdateArguments,
    commands::{overrides, packages, read_pipeline, read_source},
    error::{Failure, INTERNAL},
    output::Output,
};

/// What an update prints.
#[derive(Serialize)]
struct Update {
    lock: String,
    changes: Vec<LockChange>,
}

pub(super) fn update(arguments: &UpdateArguments, output: &mut Output) -> Result<(), Failure> {
    let path = &arguments.pipeline;
    let plugins = named_plugins(path, &overrides(&arguments.overrides)?)?;
    let only = arguments.package.as_ref();
    let is_named = |plugin: &PluginReference| match plugin {
        PluginReference::Package {
            namespace, name, ..
        } => only.is_some_and(|only| only.namespace == *namespace && only.name == *name),
        PluginReference::File(_) => false,
    };
    if let Some(only) = only
        && !plugins.iter().any(is_named)
    {
        return Err(Failure::new(
            INTERNAL,
            format!("no step of `{}` names the package `{only}`", path.display()),
            None,
        ));
    }
    let mut pins = match Pins::of(path, Access::default()) {
        // A lock that cannot be read is made anew, if nothing of it is to stay.
        Err(Error::Lock { .. }) if only.is_none() => Pins::anew(path),
        pins => pins?,
    };
    let engine = engine()?;
    engine.packages().update(&plugins, only, &mut pins)?;
    let update = Update {
        changes: pins.save_always()?,
        lock: pins
            .path()
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
    };
    output.print(&update, words)
}

/// The plugins that a pipeline names, as it stands and with each of its profiles.
fn named_plugins(path: &Path, overrides: &Overrides) -> Result<Vec<PluginReference>, Failure> {
    let (pipeline, _) = read_pipeline(path, overrides)?;
    let mut plugins: Vec<_> = plugins_of(&pipeline);
    for name in profile_names(&read_source("pipeline", path)?) {
        let profile = Overrides::new([Patch::Profile(name)], []);
        let (pipeline, _) = read_pipeline(path, &profile)?;
        plugins.extend(plugins_of(&pipeline));
    }
    Ok(plugins)
}

fn plugins_of(pipeline: &mlhost_pipeline::Pipeline) -> Vec<PluginReference> {
    let steps = pipeline.steps.values();
    steps.map(|step| step.plugin.clone()).collect()
}

fn words(update: &Update) -> String {
    if update.changes.is_empty() {
        return format!("`{}` stays as it is", update.lock);
    }
    let lines: Vec<_> = update.changes.iter().map(packages::words).collect();
    lines.join("\n")
}
