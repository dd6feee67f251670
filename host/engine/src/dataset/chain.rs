//! Fitted steps, one after the other: what a model is made of.

use std::sync::Arc;

use arrow::{
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use mlhost_data::Error as DataError;
use mlhost_packages::Found;
use mlhost_pipeline::Kind;
use mlhost_sandbox::{Context, Terms, Transformer};
use mlhost_store::Digest;

use super::columns::{computed, concatenated, project, with_rows};
use crate::{Error, Result, key::Key};

/// A plugin with the state that it has fitted.
#[derive(Clone)]
pub(crate) struct Fitted {
    /// The name of the step.
    pub(crate) step: String,
    /// The plugin and its component.
    pub(crate) found: Found,
    /// Parameters as a JSON object.
    pub(crate) params: serde_json::Value,
    pub(crate) state: Arc<[u8]>,
    pub(crate) state_digest: Digest,
    /// What the plugin is opened with, whichever step reads what it makes.
    pub(crate) terms: Terms,
    /// The columns that the step names as the target.
    pub(crate) targets: Vec<String>,
}

impl Fitted {
    /// Adds everything that decides what the step makes of its input.
    pub(crate) fn add_to(&self, key: Key) -> Key {
        key.with_plugin(&self.found.plugin, self.terms.seed, &self.terms.grants)
            .with(self.params.to_string())
            .with(self.state_digest.bytes())
    }

    pub(crate) fn transformer(&self, context: &Context, input: &Schema) -> Result<Transformer> {
        let params = self.params.to_string();
        Ok(self.found.plugin.transformer(
            &context.of_step(&self.step, &self.terms),
            &params,
            &self.state,
            input,
        )?)
    }
}

/// The columns that the steps of a chain name as the target.
pub(crate) fn targets(chain: &[Fitted]) -> Vec<String> {
    let targets = chain.iter().flat_map(|fitted| fitted.targets.clone());
    targets.collect()
}

/// Instances of all steps of a chain, opened for one input schema.
pub(crate) struct OpenChain {
    links: Vec<Link>,
}

struct Link {
    transformer: Transformer,
    /// A preprocessor replaces the table; a trainer adds its prediction to it.
    adds: bool,
}

impl OpenChain {
    /// Opens every step on what the one before it gives.
    ///
    /// # Errors
    /// What a plugin finds wrong, and a step that is not row-wise: predictions
    /// could not be put beside the rows that they are for.
    pub(crate) fn open(chain: &[Fitted], context: &Context, input: &Schema) -> Result<Self> {
        let mut schema: SchemaRef = Arc::new(input.clone());
        let mut links = Vec::with_capacity(chain.len());
        for fitted in chain {
            let transformer = fitted.transformer(context, &schema)?;
            if !transformer.row_wise() {
                return Err(Error::NotApplicable {
                    model: fitted.step.clone(),
                    reason: format!(
                        "step `{}` does not give one row for each row, and predictions need that",
                        fitted.step
                    ),
                });
            }
            let adds = fitted.found.plugin.kind() == Kind::Trainer;
            schema = if adds {
                Arc::new(joined(&schema, transformer.schema()))
            } else {
                transformer.schema().clone()
            };
            links.push(Link { transformer, adds });
        }
        Ok(Self { links })
    }

    /// The columns of the input that the chain reads.
    pub(crate) fn columns(&self) -> Vec<String> {
        let mut wanted: Vec<String> = Vec::new();
        for link in &self.links {
            for column in link.transformer.columns() {
                if !wanted.contains(column) {
                    wanted.push(column.clone());
                }
            }
            if !link.adds {
                break;
            }
        }
        wanted
    }

    /// What the last step gives.
    pub(crate) fn output(&self) -> SchemaRef {
        let last = self
            .links
            .last()
            .map(|link| link.transformer.schema().clone());
        last.unwrap_or_else(|| Arc::new(Schema::empty()))
    }

    /// The last step's columns for these rows, which hold [`Self::columns`].
    pub(crate) fn apply(&mut self, rows: &RecordBatch) -> Result<RecordBatch, DataError> {
        let mut table = rows.clone();
        let mut last = rows.clone();
        for link in &mut self.links {
            let input = project(&table, link.transformer.columns())?;
            let emitted = link.transformer.apply(&input).map_err(computed)?;
            last = concatenated(link.transformer.schema(), emitted)?;
            table = if link.adds {
                side_by_side(&table, &last)?
            } else {
                last.clone()
            };
        }
        Ok(last)
    }
}

/// The columns of both; the right one's win where names are equal.
pub(crate) fn joined(left: &Schema, right: &Schema) -> Schema {
    let kept = left
        .fields()
        .iter()
        .filter(|field| right.index_of(field.name()).is_err());
    Schema::new(kept.chain(right.fields()).cloned().collect::<Vec<_>>())
}

/// The rows of two batches beside each other, with the schema of [`joined`].
pub(crate) fn side_by_side(
    left: &RecordBatch,
    right: &RecordBatch,
) -> Result<RecordBatch, DataError> {
    let right_schema = right.schema();
    let left_schema = left.schema();
    let kept = left_schema.fields().iter().zip(left.columns());
    let kept = kept.filter(|(field, _)| right_schema.index_of(field.name()).is_err());
    let columns = kept
        .map(|(_, column)| column)
        .chain(right.columns())
        .cloned()
        .collect();
    let schema = Arc::new(joined(&left_schema, &right_schema));
    with_rows(schema, columns, left.num_rows())
}
