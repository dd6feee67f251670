//! A table that tells an observer how far its reader has come.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use mlhost_data::{Batches, Result, Table};

use crate::Observer;

/// Counts what is read of a table in the name of a step.
pub(crate) struct CountedTable {
    table: Arc<dyn Table>,
    step: String,
    observer: Arc<dyn Observer>,
}

impl CountedTable {
    pub(crate) fn new(table: Arc<dyn Table>, step: &str, observer: Arc<dyn Observer>) -> Self {
        Self {
            table,
            step: step.to_owned(),
            observer,
        }
    }
}

impl Table for CountedTable {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn num_rows(&self) -> Option<u64> {
        self.table.num_rows()
    }

    fn num_parts(&self) -> usize {
        self.table.num_parts()
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        let (step, observer) = (self.step.clone(), self.observer.clone());
        let total = self.table.num_rows();
        let batches = self.table.scan_part(part, columns)?;
        Ok(Box::new(batches.inspect(move |batch| {
            if let Ok(batch) = batch {
                observer.rows_read(&step, batch.num_rows() as u64, total);
            }
        })))
    }
}
