//! A table whose rows are all in memory: small reference data, and what tests are made of.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;

use crate::arrange::{Arranged, arrange};
use crate::table::{Batches, Table, select};
use crate::{Error, Result, batch_rows, parts};

/// A table made of batches in memory. Batches are shared and never copied.
pub struct MemoryTable {
    schema: SchemaRef,
    parts: Vec<Vec<RecordBatch>>,
}

impl MemoryTable {
    /// Makes a table of batches, grouped into parts of at most [`PART_ROWS`](crate::PART_ROWS) rows.
    ///
    /// # Errors
    ///
    /// [`Error::Batch`] if a batch lacks a column of the schema or has it with another type.
    pub fn new(schema: &Schema, batches: Vec<RecordBatch>) -> Result<Self> {
        let rows = batches.iter().map(|batch| batch.num_rows() as u64);
        let parts = parts::group(rows).into_iter();
        let parts = parts.map(|part| batches[part].to_vec()).collect();
        Self::from_parts(schema, parts)
    }

    /// Makes a table of batches that are already grouped into parts.
    ///
    /// # Errors
    ///
    /// As [`MemoryTable::new`].
    pub fn from_parts(schema: &Schema, parts: Vec<Vec<RecordBatch>>) -> Result<Self> {
        let schema = Arc::new(Schema::new(schema.fields().clone()));
        for batch in parts.iter().flatten() {
            arrange(batch, &schema)?;
        }
        Ok(Self { schema, parts })
    }
}

impl Table for MemoryTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        let batches = self.parts.iter().flatten();
        Some(batches.map(|batch| batch.num_rows() as u64).sum())
    }

    fn num_parts(&self) -> usize {
        self.parts.len()
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        let wanted = select(&self.schema, columns)?;
        let batches = self.parts.get(part).ok_or(Error::UnknownPart {
            part,
            parts: self.parts.len(),
        })?;
        Ok(Box::new(Arranged::new(
            batches.clone().into_iter().map(Ok),
            wanted,
            batch_rows(&self.schema),
        )))
    }
}
