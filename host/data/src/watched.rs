//! A scan that notices when its file changes meanwhile. What was read before that was handed on
//! already, but the scan ends with an error, so nobody takes the rows for those of one file.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;

use crate::Result;
use crate::guard::guarded;
use crate::place::Place;

/// The batches of a part; at their end, and before any error, the file is looked at again.
pub(crate) struct Watched<I> {
    batches: Option<I>,
    place: Arc<Place>,
}

impl<I: Iterator<Item = Result<RecordBatch>>> Watched<I> {
    pub(crate) fn new(batches: I, place: Arc<Place>) -> Self {
        Self {
            batches: Some(batches),
            place,
        }
    }
}

impl<I: Iterator<Item = Result<RecordBatch>>> Iterator for Watched<I> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batches = self.batches.as_mut()?;
        let batch = guarded(&self.place.path, || batches.next().transpose());
        match batch.transpose() {
            Some(Ok(batch)) => Some(Ok(batch)),
            // What cannot be read may be so because the file is another by now.
            Some(Err(error)) => {
                self.batches = None;
                Some(Err(self.place.check().err().unwrap_or(error)))
            }
            None => {
                self.batches = None;
                self.place.check().err().map(Err)
            }
        }
    }
}
