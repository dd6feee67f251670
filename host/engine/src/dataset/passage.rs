//! Rows on their way through all stages of a dataset. Batches are pushed in, so that several
//! readers of one source can be fed by a single scan of it.

use std::{sync::Arc, vec};

use arrow::record_batch::RecordBatch;
use mlhost_data::{Batches, Result as DataResult};

use super::{Stage, columns::project};

/// One stage, opened for the rows of one part.
pub(crate) trait Flow: Send {
    /// The columns that it takes, in order.
    fn columns(&self) -> &[String];

    /// Takes the next rows, and gives what has come of them so far.
    fn push(&mut self, rows: &RecordBatch) -> DataResult<Vec<RecordBatch>>;

    /// Gives what was held back, as there are no more rows.
    fn finish(&mut self) -> DataResult<Vec<RecordBatch>>;
}

/// All stages of a dataset, opened for the rows of one part.
pub(crate) struct Passage {
    flows: Vec<Box<dyn Flow>>,
    columns: Vec<String>,
}

impl Passage {
    /// Opens the stages from the last to the first: what one takes is what the one before it has to
    /// give.
    pub(crate) fn open(stages: &[Arc<dyn Stage>], columns: &[String]) -> DataResult<Self> {
        let mut columns = columns.to_vec();
        let mut flows = Vec::with_capacity(stages.len());
        for stage in stages.iter().rev() {
            let flow = stage.open(&columns)?;
            columns = flow.columns().to_vec();
            flows.push(flow);
        }
        flows.reverse();
        Ok(Self { flows, columns })
    }

    /// The columns of the source that it takes, in order.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Takes the next rows of the source, which may have more columns than are needed.
    pub(crate) fn push(&mut self, rows: &RecordBatch) -> DataResult<Vec<RecordBatch>> {
        let rows = project(rows, &self.columns)?;
        through(&mut self.flows, vec![rows])
    }

    /// Tells each stage in turn that there are no more rows.
    pub(crate) fn finish(&mut self) -> DataResult<Vec<RecordBatch>> {
        let mut rows = Vec::new();
        for position in 0..self.flows.len() {
            let (upstream, downstream) = self.flows.split_at_mut(position + 1);
            if let Some(flow) = upstream.last_mut() {
                rows.extend(through(downstream, flow.finish()?)?);
            }
        }
        Ok(rows)
    }

    /// The batches of a scan for [`Self::columns`], after all stages.
    pub(crate) fn of(self, batches: Box<dyn Batches>) -> impl Batches {
        Passing {
            batches: Some(batches),
            passage: self,
            ready: vec![].into_iter(),
        }
    }
}

fn through(
    flows: &mut [Box<dyn Flow>],
    mut batches: Vec<RecordBatch>,
) -> DataResult<Vec<RecordBatch>> {
    for flow in flows {
        let mut next = Vec::with_capacity(batches.len());
        for batch in &batches {
            next.extend(flow.push(batch)?);
        }
        batches = next;
    }
    batches.retain(|batch| batch.num_rows() > 0);
    Ok(batches)
}

/// A scan and the passage that its batches take.
struct Passing {
    /// `None` once the source has ended and the stages have been told.
    batches: Option<Box<dyn Batches>>,
    passage: Passage,
    ready: vec::IntoIter<RecordBatch>,
}

impl Passing {
    fn more(&mut self, batches: &mut Box<dyn Batches>) -> DataResult<bool> {
        let (ready, more) = match batches.next() {
            Some(batch) => (self.passage.push(&batch?)?, true),
            None => (self.passage.finish()?, false),
        };
        self.ready = ready.into_iter();
        Ok(more)
    }
}

impl Iterator for Passing {
    type Item = DataResult<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(batch) = self.ready.next() {
                return Some(Ok(batch));
            }
            let mut batches = self.batches.take()?;
            match self.more(&mut batches) {
                Ok(true) => self.batches = Some(batches),
                Ok(false) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
