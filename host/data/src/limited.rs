//! The first rows of another table, for a rehearsal before the real run.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use crate::table::{Batches, Scan, Table};
use crate::{Error, Result};

/// The first `rows` rows of a table, as one part.
pub struct Limited {
    table: Arc<dyn Table>,
    rows: u64,
}

impl Limited {
    /// Limits a table to its first `rows` rows.
    pub fn new(table: Arc<dyn Table>, rows: u64) -> Self {
        Self { table, rows }
    }
}

impl Table for Limited {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn num_rows(&self) -> Option<u64> {
        Some(self.table.num_rows()?.min(self.rows))
    }

    fn num_parts(&self) -> usize {
        1
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        if part != 0 {
            return Err(Error::UnknownPart { part, parts: 1 });
        }
        Ok(Box::new(Take {
            batches: Some(Scan::new(self.table.clone(), columns)?),
            rows: self.rows,
        }))
    }

    fn verify_part(&self, part: usize) -> Result<()> {
        if part != 0 {
            return Err(Error::UnknownPart { part, parts: 1 });
        }
        (0..self.table.num_parts()).try_for_each(|part| self.table.verify_part(part))
    }
}

/// The first rows of a scan; it reads no batch more than it needs.
struct Take {
    batches: Option<Scan<Arc<dyn Table>>>,
    rows: u64,
}

impl Iterator for Take {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rows == 0 {
            return self.batches.take()?.break_off().err().map(Err);
        }
        Some(self.batches.as_mut()?.next()?.map(|batch| {
            let wanted = usize::try_from(self.rows).unwrap_or(usize::MAX);
            let rows = batch.num_rows().min(wanted);
            self.rows -= rows as u64;
            batch.slice(0, rows)
        }))
    }
}
