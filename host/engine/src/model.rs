//! A model version, ready to predict: nothing is needed but the store.

use std::sync::Arc;

use arrow::datatypes::Schema;
use mlhost_data::Table;
use mlhost_sandbox::{Context, Terms};
use mlhost_store::{Store, StoredModel};

use crate::{Engine, Error, Result, ScoredTable, dataset::Fitted, params, predicting::lacks};

/// A model version with its plugins loaded and its states at hand.
pub struct FittedModel {
    stored: StoredModel,
    chain: Arc<[Fitted]>,
}

impl Engine {
    /// Loads a model version with everything that it keeps.
    ///
    /// # Errors
    /// When a blob is missing or damaged, or a component no longer loads.
    pub fn open_model(&self, store: &Store, stored: StoredModel) -> Result<FittedModel> {
        let chain = stored.model.chain.iter().map(|step| {
            let found = self.packages().load(store.blobs().get(&step.component)?)?;
            Ok(Fitted {
                step: step.step.clone(),
                targets: params::targets(&found.plugin, &step.params),
                params: step.params.clone(),
                terms: Terms {
                    seed: stored.model.seed,
                    ..Terms::default()
                },
                state_digest: step.state,
                state: store.blobs().get(&step.state)?.into(),
                found,
            })
        });
        Ok(FittedModel {
            chain: chain.collect::<Result<_>>()?,
            stored,
        })
    }
}

impl FittedModel {
    /// The version as it is registered.
    pub fn stored(&self) -> &StoredModel {
        &self.stored
    }

    /// Its steps, the first of them on the raw input.
    pub(crate) fn chain(&self) -> &Arc<[Fitted]> {
        &self.chain
    }

    /// A table with the model's predictions beside its rows.
    ///
    /// # Errors
    /// [`Error::NotApplicable`] when a column that the model needs is missing.
    pub fn predict(&self, table: Arc<dyn Table>) -> Result<ScoredTable> {
        self.check(&table.schema())?;
        ScoredTable::new(table, self.chain.clone(), self.context())
    }

    /// The columns that it reads.
    pub(crate) fn inputs(&self) -> Vec<String> {
        let inputs = &self.stored.model.signature.inputs;
        inputs.iter().map(|column| column.name.clone()).collect()
    }

    /// A context for work that is done for this version.
    pub(crate) fn context(&self) -> Context {
        Context::new(self.name()).with_seed(self.stored.model.seed)
    }

    /// `arr-delay@7`.
    pub(crate) fn name(&self) -> String {
        format!("{}@{}", self.stored.name, self.stored.version)
    }

    /// Refuses a table in which a column that the model needs is missing.
    pub(crate) fn check(&self, schema: &Schema) -> Result<()> {
        let inputs = self.inputs().into_iter();
        let missing: Vec<_> = inputs
            .filter(|name| schema.index_of(name).is_err())
            .collect();
        match missing.is_empty() {
            true => Ok(()),
            false => Err(Error::NotApplicable {
                model: self.name(),
                reason: lacks(&missing),
            }),
        }
    }
}
