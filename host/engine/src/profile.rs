//! Profiles a table with the standard package, without a pipeline.

use std::{path::Path, sync::Arc};

use mlhost_data::Table;
use mlhost_pipeline::PluginReference;
use mlhost_sandbox::{Context, Outcome};
use serde_json::Value;

use crate::{
    Engine, NoObserver, Result,
    dataset::Dataset,
    fold::{Fold, fold_one},
    observer::Reading,
    permits::Permits,
    run_options::available_jobs,
};

/// The package, and what its work is called in messages.
const PROFILE: &str = "profile";

/// What the package `profile` says of this table, with parameters of it.
///
/// # Errors
/// Whatever the plugin finds wrong with the parameters or the data.
pub fn profile(engine: &Engine, table: Arc<dyn Table>, params: &Value) -> Result<Outcome> {
    let package = PluginReference::Package {
        namespace: mlhost_pipeline::DEFAULT_NAMESPACE.to_owned(),
        name: PROFILE.to_owned(),
        version: None,
    };
    let found = engine.packages().find(&package, Path::new("."))?;
    let params = params.to_string();
    let context = Context::new(PROFILE.to_owned());
    let fold = Fold {
        plugin: found.plugin.clone(),
        context: context.clone(),
        params: params.clone(),
        reading: Reading {
            step: PROFILE.to_owned(),
            observer: Arc::new(NoObserver),
            total: table.num_rows(),
        },
        dataset: Dataset::of(table),
        again: false,
    };
    let permits = Permits::new(available_jobs());
    let _permit = permits.spare();
    let state = fold_one(fold, &permits)?;
    let states = [("data".to_owned(), state)];
    Ok(found.plugin.assess(&context, &params, &states)?)
}
