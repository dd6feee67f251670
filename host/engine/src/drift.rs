//! Compares data with the profile of its training data that a model keeps, and what the model predicts
//! for it with what it has predicted there.

use std::sync::Arc;

use mlhost_data::Table;
use mlhost_sandbox::{Context, Finding, Outcome, Plugin, Severity};
use mlhost_store::{ReferenceProfile, Store, StoredModel};
use serde_json::Map;

use crate::{
    Engine, Error, FittedModel, NoObserver, Result,
    dataset::{Dataset, Scored},
    fold::{Fold, fold_one},
    observer::Reading,
    permits::Permits,
    predicting::{fill_importances, importances, lacks, unfit},
    run_options::available_jobs,
};

/// What the model's own drift detector says of this table, with the predictions of the model beside its
/// rows. Where these cannot be had or compared, the outcome says why, and speaks of the rest.
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
    // Drift of a column counts as much as the model depends on it.
    let mut params = reference.params.clone();
    fill_importances(&found.plugin, &mut params, importances(&stored.model));
    let comparison = Comparison {
        plugin: &found.plugin,
        context: Context::new(name.clone()).with_seed(stored.model.seed),
        params: params.to_string(),
        name,
    };
    let (current, predictions) = if reference.predictions.is_empty() {
        (comparison.fold(Dataset::of(table))?, Predictions::NotKept)
    } else {
        let model = engine.open_model(store, stored.clone())?;
        comparison.predict(&model, reference, &table)?
    };
    let states = [
        ("reference".to_owned(), store.blobs().get(&reference.state)?),
        ("current".to_owned(), current),
    ];
    let plugin = &found.plugin;
    let mut outcome = plugin.assess(&comparison.context, &comparison.params, &states)?;
    predictions.tell(&comparison.name, &mut outcome);
    Ok(outcome)
}

/// Current rows that are to be compared.
struct Comparison<'a> {
    plugin: &'a Plugin,
    context: Context,
    params: String,
    /// The model version.
    name: String,
}

/// What is compared of the predictions.
enum Predictions {
    /// Those of the model.
    Made,
    /// Those that the data has already.
    Given,
    /// None: the profile is without.
    NotKept,
    /// None: the model cannot predict these rows.
    Impossible(String),
}

impl Comparison<'_> {
    fn fold(&self, dataset: Dataset) -> Result<Vec<u8>> {
        let fold = Fold {
            plugin: self.plugin.clone(),
            context: self.context.clone(),
            params: self.params.clone(),
            reading: Reading {
                step: self.name.clone(),
                observer: Arc::new(NoObserver),
                total: dataset.source().num_rows(),
            },
            dataset,
            again: false,
        };
        let permits = Permits::new(available_jobs());
        let _permit = permits.spare();
        fold_one(fold, &permits)
    }

    /// The profile of rows with their predictions, and without where there can be none.
    fn predict(
        &self,
        model: &FittedModel,
        reference: &ReferenceProfile,
        table: &Arc<dyn Table>,
    ) -> Result<(Vec<u8>, Predictions)> {
        let (schema, plain) = (table.schema(), Dataset::of(table.clone()));
        let has = |name: &String| schema.index_of(name).is_ok();
        if reference.predictions.iter().all(has) {
            return Ok((self.fold(plain)?, Predictions::Given));
        }
        let lacking = model.inputs().into_iter().filter(|name| !has(name));
        let lacking: Vec<_> = lacking.collect();
        if !lacking.is_empty() {
            return Ok((self.fold(plain)?, Predictions::Impossible(lacks(&lacking))));
        }
        let scored = Scored::new(model.chain().clone(), self.context.clone(), &schema);
        let predicted = scored.and_then(|scored| {
            let scored = scored.showing(&reference.predictions);
            self.fold(plain.clone().then(scored))
        });
        match predicted.map_err(crate::error::unwrapped) {
            Ok(state) => Ok((state, Predictions::Made)),
            // What the columns have to say does not depend on it.
            Err(error) => match unfit(&error) {
                Some(reason) => Ok((self.fold(plain)?, Predictions::Impossible(reason))),
                None => Err(error),
            },
        }
    }
}

impl Predictions {
    /// Says in an outcome why there is nothing on predictions, or which they are.
    fn tell(self, model: &str, outcome: &mut Outcome) {
        let unknown = match self {
            Self::Made => return,
            Self::Given => {
                let words =
                    format!("; the predictions are those in the data, and not made by {model}");
                outcome.summary.push_str(&words);
                return;
            }
            Self::Impossible(reason) => {
                let words = format!("; {model} cannot predict these rows: {reason}");
                outcome.summary.push_str(&words);
                return;
            }
            Self::NotKept => {
                format!("{model} keeps no profile of what it has predicted for its training data")
            }
        };
        let words = format!("; drift of the predictions is unknown: {unknown}");
        outcome.summary.push_str(&words);
        outcome.findings.push(Finding {
            check: "prediction_drift".to_owned(),
            column: None,
            passed: true,
            severity: Severity::Warn,
            message: format!("whether the predictions have drifted is unknown: {unknown}"),
            details: Map::new(),
        });
    }
}
