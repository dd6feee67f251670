//! A table that can be read as often as one likes: the host's inside a
//! component, one in memory in a unit test.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use crate::Result;

/// A table that can be scanned again and again, always in the same order.
pub trait Dataset {
    /// The schema of the batches: the columns that were asked for.
    fn schema(&self) -> SchemaRef;
    /// How many rows a scan yields, where that is known without one.
    fn num_rows(&self) -> Option<u64>;
    /// One pass from the first row.
    fn scan(&self) -> Result<Box<dyn Iterator<Item = Result<RecordBatch>> + '_>>;
}

/// A [`Dataset`] in memory, for unit tests.
#[derive(Clone, Debug)]
pub struct MemoryDataset {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl MemoryDataset {
    /// A dataset of these batches, which all have this schema.
    pub fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }
}

impl Dataset for MemoryDataset {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        Some(
            self.batches
                .iter()
                .map(|batch| batch.num_rows() as u64)
                .sum(),
        )
    }

    fn scan(&self) -> Result<Box<dyn Iterator<Item = Result<RecordBatch>> + '_>> {
        Ok(Box::new(self.batches.iter().cloned().map(Ok)))
    }
}
