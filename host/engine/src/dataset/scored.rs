//! The stage of a model: its predictions come to stand beside the rows.

use std::sync::Arc;

use arrow::{
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use mlhost_data::{Batches, Result as DataResult, Table};
use mlhost_pipeline::printable;
use mlhost_sandbox::Context;
use mlhost_store::Digest;

use super::{
    Dataset, Fitted, Flow, OpenChain, Stage,
    chain::{joined, side_by_side, targets},
    columns::{computed, project, without},
};
use crate::{Error, Result, key::Key};

/// The columns of a table, and those that a chain of fitted steps predicts for
/// it. The chain never sees the target, whether the table has it or not.
pub(crate) struct Scored {
    chain: Arc<[Fitted]>,
    context: Context,
    /// The input's columns but for the target: what the chain is opened on.
    visible: Schema,
    predicted: SchemaRef,
    schema: SchemaRef,
    /// Whether a registered version makes the predictions, and no steps of the pipeline.
    is_version: bool,
}

impl Scored {
    pub(crate) fn new(chain: Arc<[Fitted]>, context: Context, input: &Schema) -> Result<Self> {
        let visible = without(input, &targets(&chain));
        let predicted = OpenChain::open(&chain, &context, &visible)?.output();
        let clash = predicted
            .fields()
            .iter()
            .find(|field| visible.index_of(field.name()).is_ok());
        if let Some(field) = clash {
            return Err(Error::NotApplicable {
                model: chain
                    .last()
                    .map(|fitted| fitted.step.clone())
                    .unwrap_or_default(),
                reason: format!(
                    "it predicts a column `{}`, which the data has",
                    printable(field.name())
                ),
            });
        }
        let schema = Arc::new(joined(input, &predicted));
        Ok(Self {
            chain,
            context,
            visible,
            predicted,
            schema,
            is_version: false,
        })
    }

    /// The same by a registered version.
    #[must_use]
    pub(crate) fn by_a_version(self) -> Self {
        Self {
            is_version: true,
            ..self
        }
    }

    /// The same with these of the predictions only.
    #[must_use]
    pub(crate) fn showing(self, wanted: &[String]) -> Self {
        let (all, predicted) = (self.schema.fields().iter(), &self.predicted);
        let is_shown = |name: &String| predicted.index_of(name).is_err() || wanted.contains(name);
        let shown = all.filter(|field| is_shown(field.name())).cloned();
        Self {
            schema: Arc::new(Schema::new(shown.collect::<Vec<_>>())),
            ..self
        }
    }

    /// The names of the columns that are predicted and shown.
    pub(crate) fn predictions(&self) -> Vec<String> {
        let names = self.predicted.fields().iter().map(|field| field.name());
        let shown = names.filter(|name| self.schema.index_of(name).is_ok());
        shown.cloned().collect()
    }

    /// The columns of the input that the chain reads.
    pub(crate) fn columns(&self) -> Result<Vec<String>> {
        let chain = OpenChain::open(&self.chain, &self.context, &self.visible)?;
        Ok(chain.columns())
    }
}

impl Stage for Scored {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn row_wise(&self) -> bool {
        true
    }

    fn digest(&self) -> Digest {
        let key = Key::new("scored").with_schema(&self.visible);
        let chain = self.chain.iter();
        chain.fold(key, |key, fitted| fitted.add_to(key)).digest()
    }

    fn steps(&self) -> Vec<String> {
        let chain = self.chain.iter().filter(|_| !self.is_version);
        chain.map(|fitted| fitted.step.clone()).collect()
    }

    fn open(&self, columns: &[String]) -> DataResult<Box<dyn Flow>> {
        let chain = OpenChain::open(&self.chain, &self.context, &self.visible);
        let chain = chain.map_err(computed)?;
        let chain_columns = chain.columns();
        let mut input = chain_columns.clone();
        for column in columns {
            if self.predicted.index_of(column).is_err() && !input.contains(column) {
                input.push(column.clone());
            }
        }
        Ok(Box::new(Scoring {
            chain,
            chain_columns,
            input,
            wanted: columns.to_vec(),
        }))
    }
}

struct Scoring {
    chain: OpenChain,
    chain_columns: Vec<String>,
    input: Vec<String>,
    /// What is wanted of the rows with their predictions.
    wanted: Vec<String>,
}

impl Flow for Scoring {
    fn columns(&self) -> &[String] {
        &self.input
    }

    fn push(&mut self, rows: &RecordBatch) -> DataResult<Vec<RecordBatch>> {
        let predicted = self.chain.apply(&project(rows, &self.chain_columns)?)?;
        let scored = project(&side_by_side(rows, &predicted)?, &self.wanted)?;
        Ok(vec![scored])
    }

    fn finish(&mut self) -> DataResult<Vec<RecordBatch>> {
        // Every link of the chain is row-wise, and so holds nothing back.
        Ok(vec![])
    }
}

/// A table with a model's predictions beside its rows.
pub struct ScoredTable {
    dataset: Dataset,
    predicted: SchemaRef,
}

impl ScoredTable {
    pub(crate) fn new(
        source: Arc<dyn Table>,
        chain: Arc<[Fitted]>,
        context: Context,
    ) -> Result<Self> {
        let scored = Scored::new(chain, context, &source.schema())?;
        Ok(Self {
            predicted: scored.predicted.clone(),
            dataset: Dataset::of(source).then(scored),
        })
    }

    /// The columns that are predicted.
    pub fn predicted(&self) -> &SchemaRef {
        &self.predicted
    }
}

impl Table for ScoredTable {
    fn schema(&self) -> SchemaRef {
        self.dataset.schema()
    }

    fn num_rows(&self) -> Option<u64> {
        self.dataset.num_rows()
    }

    fn num_parts(&self) -> usize {
        self.dataset.num_parts()
    }

    fn part_digest(&self, part: usize) -> DataResult<Option<String>> {
        self.dataset.part_digest(part)
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> DataResult<Box<dyn Batches>> {
        self.dataset.scan_part(part, columns)
    }
}
