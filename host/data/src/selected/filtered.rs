//! Takes rows out of batches behind a reader, and puts what is left of them together again: a
//! hundred batches of eighty rows are dearer to hand over than one of eight thousand.

use arrow::array::RecordBatch;
use arrow::compute::{BatchCoalescer, filter_record_batch};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;

use super::PartFilter;
use crate::arrange::arrange;
use crate::{Error, Result};

/// The rows that a filter keeps, with the wanted columns.
pub(crate) struct Filtered<I> {
    /// `None` after the last batch, or an error.
    batches: Option<I>,
    filter: PartFilter,
    wanted: SchemaRef,
    /// `None` for dictionaries: put together, they can outgrow their keys.
    coalescer: Option<BatchCoalescer>,
}

impl<I: Iterator<Item = Result<RecordBatch>>> Filtered<I> {
    /// `batches` hold all rows of a part, with the wanted columns and those of the filter. What is
    /// left of them is put together into batches of `batch_rows` rows.
    pub(crate) fn new(
        batches: I,
        filter: PartFilter,
        wanted: SchemaRef,
        batch_rows: usize,
    ) -> Self {
        let mut fields = wanted.flattened_fields().into_iter();
        let has_dictionary =
            fields.any(|field| matches!(field.data_type(), DataType::Dictionary(..)));
        let coalescer = (!has_dictionary).then(|| BatchCoalescer::new(wanted.clone(), batch_rows));
        Self {
            batches: Some(batches),
            filter,
            wanted,
            coalescer,
        }
    }

    /// Takes in one more batch; gives one where nothing is put together.
    fn take_in(&mut self, batch: Result<RecordBatch>) -> Result<Option<RecordBatch>> {
        let batch = batch?;
        let mask = self.filter.mask(&batch)?;
        let batch = arrange(&batch, &self.wanted)?;
        let failed = |source: ArrowError| Error::Filter { source };
        match &mut self.coalescer {
            Some(coalescer) => {
                let pushed = coalescer.push_batch_with_filter(batch, &mask);
                pushed.map(|()| None).map_err(failed)
            }
            None => {
                let kept = filter_record_batch(&batch, &mask).map_err(failed)?;
                Ok(Some(kept).filter(|kept| kept.num_rows() > 0))
            }
        }
    }

    fn finish(&mut self) -> Result<Option<RecordBatch>> {
        self.batches = None;
        if let Some(coalescer) = &mut self.coalescer {
            let finished = coalescer.finish_buffered_batch();
            finished.map_err(|source| Error::Filter { source })?;
        }
        Ok(None)
    }
}

impl<I: Iterator<Item = Result<RecordBatch>>> Iterator for Filtered<I> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let completed = self.coalescer.as_mut();
            if let Some(batch) = completed.and_then(BatchCoalescer::next_completed_batch) {
                return Some(Ok(batch));
            }
            let taken = match self.batches.as_mut()?.next() {
                Some(batch) => self.take_in(batch),
                None => self.finish(),
            };
            match taken {
                Ok(None) => {}
                Ok(Some(batch)) => return Some(Ok(batch)),
                Err(error) => {
                    self.batches = None;
                    self.coalescer = None;
                    return Some(Err(error));
                }
            }
        }
    }
}
