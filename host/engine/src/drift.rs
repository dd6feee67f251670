//! Compares data with the profile of its training data that a model keeps.

use std::sync::Arc;

use mlhost_data::Table;
use mlhost_sandbox::{Context, Outcome};
use mlhost_store::{Store, StoredModel};

use crate::{
    Engine, Error, NoObserver, Result,
    dataset::Dataset,
    fold::{Fold, fold_one},
    observer::Reading,
    permits::Permits,
    results::Results,
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
    let params = reference.params.to_string();
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
    let current = fold_one(fold, &permits, &Results::default())?;
    let states = [
        ("reference".to_owned(), store.blobs().get(&reference.state)?),
        ("current".to_owned(), current),
    ];
    Ok(found.plugin.assess(&context, &params, &states)?)
}
