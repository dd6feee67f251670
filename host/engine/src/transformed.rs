//! A table seen through a fitted preprocessor. Nothing is materialised: each scan
//! reads the source and transforms what it reads.

use std::sync::Arc;

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use mlhost_data::{Batches, Result as DataResult, Table};
use mlhost_sandbox::{Context, Transformer};

use crate::{
    Result,
    chain::Fitted,
    columns::{computed, project},
};

/// What a fitted step makes of a table, part by part.
pub struct TransformedTable {
    source: Arc<dyn Table>,
    fitted: Fitted,
    context: Context,
    schema: SchemaRef,
    row_wise: bool,
}

impl TransformedTable {
    pub(crate) fn new(source: Arc<dyn Table>, fitted: Fitted, context: Context) -> Result<Self> {
        let transformer = fitted.transformer(&context, &source.schema())?;
        let (schema, row_wise) = (transformer.schema().clone(), transformer.row_wise());
        Ok(Self {
            source,
            fitted,
            context,
            schema,
            row_wise,
        })
    }
}

impl Table for TransformedTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        if self.row_wise {
            self.source.num_rows()
        } else {
            None
        }
    }

    fn num_parts(&self) -> usize {
        self.source.num_parts()
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> DataResult<Box<dyn Batches>> {
        mlhost_data::select(&self.schema, columns)?;
        let transformer = self
            .fitted
            .transformer(&self.context, &self.source.schema())
            .map_err(computed)?;
        let batches = self.source.scan_part(part, transformer.columns())?;
        Ok(Box::new(Transforming {
            batches: Some(batches),
            transformer,
            columns: columns.to_vec(),
            ready: Vec::new().into_iter(),
        }))
    }
}

/// Batches on their way through a transformer.
struct Transforming {
    /// `None` once the source has ended and the transformer has been told.
    batches: Option<Box<dyn Batches>>,
    transformer: Transformer,
    columns: Vec<String>,
    ready: std::vec::IntoIter<RecordBatch>,
}

impl Transforming {
    fn more(&mut self) -> DataResult<bool> {
        let Some(batches) = &mut self.batches else {
            return Ok(false);
        };
        let emitted = match batches.next() {
            Some(batch) => self.transformer.apply(&batch?),
            None => {
                self.batches = None;
                self.transformer.finish()
            }
        };
        self.ready = emitted.map_err(computed)?.into_iter();
        Ok(true)
    }
}

impl Iterator for Transforming {
    type Item = DataResult<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.ready.next() {
                Some(batch) if batch.num_rows() == 0 => {}
                Some(batch) => return Some(project(&batch, &self.columns)),
                None => match self.more() {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(error) => {
                        self.batches = None;
                        return Some(Err(error));
                    }
                },
            }
        }
    }
}
