//! A table with a model's predictions beside its rows.

use std::sync::Arc;

use arrow::{
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use mlhost_data::{Batches, Result as DataResult, Table};
use mlhost_sandbox::Context;

use crate::{
    Error, Result,
    chain::{Fitted, OpenChain, joined, side_by_side},
    columns::{computed, project, without},
};

/// The columns of a table, and those that a chain of fitted steps predicts for
/// it. The chain never sees the target, whether the table has it or not.
pub struct ScoredTable {
    source: Arc<dyn Table>,
    chain: Arc<[Fitted]>,
    context: Context,
    /// The source's columns but for the target: what the chain is opened on.
    visible: Schema,
    predicted: SchemaRef,
    schema: SchemaRef,
}

impl ScoredTable {
    pub(crate) fn new(
        source: Arc<dyn Table>,
        chain: Arc<[Fitted]>,
        context: Context,
    ) -> Result<Self> {
        let targets: Vec<_> = chain
            .iter()
            .flat_map(|fitted| fitted.targets.clone())
            .collect();
        let visible = without(&source.schema(), &targets);
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
                    field.name()
                ),
            });
        }
        let schema = Arc::new(joined(&source.schema(), &predicted));
        Ok(Self {
            source,
            chain,
            context,
            visible,
            predicted,
            schema,
        })
    }

    /// The columns that are predicted.
    pub fn predicted(&self) -> &SchemaRef {
        &self.predicted
    }
}

impl Table for ScoredTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        self.source.num_rows()
    }

    fn num_parts(&self) -> usize {
        self.source.num_parts()
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> DataResult<Box<dyn Batches>> {
        mlhost_data::select(&self.schema, columns)?;
        let mut chain =
            OpenChain::open(&self.chain, &self.context, &self.visible).map_err(computed)?;
        let chain_columns = chain.columns();
        let mut wanted = chain_columns.clone();
        for column in columns {
            if self.predicted.index_of(column).is_err() && !wanted.contains(column) {
                wanted.push(column.clone());
            }
        }
        let columns = columns.to_vec();
        let batches = self.source.scan_part(part, &wanted)?;
        Ok(Box::new(batches.map(
            move |batch| -> DataResult<RecordBatch> {
                let batch = batch?;
                let predicted = chain.apply(&project(&batch, &chain_columns)?)?;
                project(&side_by_side(&batch, &predicted)?, &columns)
            },
        )))
    }
}
