//! Compares data with the profile of its training data that a model keeps.

use std::sync::Arc;

use mlhost_data::Table;
use mlhost_sandbox::{Context, Outcome, Plugin};
use mlhost_store::{Model, Store, StoredModel};
use serde_json::{Map, Value};

use crate::{
    Engine, Error, NoObserver, Result,
    dataset::Dataset,
    fold::{Fold, fold_one},
    observer::Reading,
    params::fill,
    permits::Permits,
    run_options::available_jobs,
};

/// What the model's own drift detector says of this table.
///
/// # Errors
/// [`Error::NoReference`] when the model keeps no profile, and whatever the
/// plugin finds wrong with the data.
pub fn drift(
    engine: &Engine,
    store: &Store,
    stored: &StoredModel,
    table: Arc<dyn Table>,
) -> Result<Outcome> {
    let name = format!("{}@{}", stored.name, stored.version);
    let reference = stored
        .model
        .reference
        .as_ref()
        .ok_or_else(|| Error::NoReference(name.clone()))?;
    let found = engine
        .packages()
        .load(store.blobs().get(&reference.component)?)?;
    let params = weighted(&found.plugin, &reference.params, stored).to_string();
    let context = Context::new(name.clone()).with_seed(stored.model.seed);
    let fold = Fold {
        plugin: found.plugin.clone(),
        context: context.clone(),
        params: params.clone(),
        reading: Reading {
            step: name,
            observer: Arc::new(NoObserver),
            total: table.num_rows(),
        },
        dataset: Dataset::of(table),
        again: false,
    };
    let permits = Permits::new(available_jobs());
    let _permit = permits.spare();
    let current = fold_one(fold, &permits)?;
    let states = [
        ("reference".to_owned(), store.blobs().get(&reference.state)?),
        ("current".to_owned(), current),
    ];
    Ok(found.plugin.assess(&context, &params, &states)?)
}

/// The parameters, with the importances that were measured on the model where the drift detector
/// takes such and has none: drift of a column counts as much as the model depends on it.
fn weighted(plugin: &Plugin, params: &Value, stored: &StoredModel) -> Value {
    let mut params = params.clone();
    let importances = importances(&stored.model);
    if !importances.is_empty() {
        fill(plugin, &mut params, "importances", importances.into());
    }
    params
}

/// The metrics `importance` of the model, by column.
fn importances(model: &Model) -> Map<String, Value> {
    let measured = model
        .metrics
        .iter()
        .filter(|metric| metric.name == "importance");
    let by_column = measured.filter_map(|metric| {
        let column = metric.labels.get("column")?;
        Some((column.clone(), metric.value.into()))
    });
    by_column.collect()
}
