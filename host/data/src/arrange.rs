//! Brings the batches of a reader into the shape that every scan promises: the wanted columns in
//! the wanted order under the table's schema, no empty batch, and none that is too long.

use arrow::array::ArrayRef;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};

use crate::{Error, Result};

/// The batches of `batches` with the columns of `schema`, which they hold under the same names.
pub(crate) struct Arranged<I> {
    batches: I,
    schema: SchemaRef,
    batch_rows: usize,
    rest: Option<RecordBatch>,
    failed: bool,
}

impl<I: Iterator<Item = Result<RecordBatch>>> Arranged<I> {
    /// None will have more than `batch_rows` rows.
    pub(crate) fn new(batches: I, schema: SchemaRef, batch_rows: usize) -> Self {
        Self {
            batches,
            schema,
            batch_rows,
            rest: None,
            failed: false,
        }
    }

    /// Takes the next rows off the front of a batch and keeps what is left of it.
    fn cut(&mut self, batch: RecordBatch) -> RecordBatch {
        let rows = batch.num_rows();
        if rows <= self.batch_rows {
            return batch;
        }
        self.rest = Some(batch.slice(self.batch_rows, rows - self.batch_rows));
        batch.slice(0, self.batch_rows)
    }
}

impl<I: Iterator<Item = Result<RecordBatch>>> Iterator for Arranged<I> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(rest) = self.rest.take() {
            return Some(Ok(self.cut(rest)));
        }
        while !self.failed {
            match self
                .batches
                .next()?
                .and_then(|batch| arrange(&batch, &self.schema))
            {
                Ok(batch) if batch.num_rows() == 0 => {}
                Ok(batch) => return Some(Ok(self.cut(batch))),
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// The columns of `schema` out of a batch, by name.
pub(crate) fn arrange(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let names = schema.fields().iter().map(|field| field.name());
    // A name that is not there leaves a column too few, which the constructor then refuses.
    let columns: Vec<ArrayRef> = names
        .filter_map(|name| batch.column_by_name(name).cloned())
        .collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
        .map_err(|source| Error::Batch { source })
}
