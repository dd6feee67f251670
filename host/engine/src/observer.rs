//! Who watches a run: the terminal, a log, a test.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use mlhost_sandbox::Level;

use crate::StepRecord;

/// Hears what happens in a run. Called from the threads of the steps.
pub trait Observer: Send + Sync {
    /// A step begins.
    fn step_started(&self, step: &str, plugin: &str) {
        let _ = (step, plugin);
    }
    /// A step has read more of a table.
    fn rows_read(&self, step: &str, read: &RowsRead) {
        let _ = (step, read);
    }
    /// A step's plugin says something.
    fn log(&self, step: &str, level: Level, message: &str) {
        let _ = (step, level, message);
    }
    /// A step has ended.
    fn step_finished(&self, record: &StepRecord) {
        let _ = record;
    }
}

/// What has been read since the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowsRead {
    /// How many rows.
    pub rows: u64,
    /// How many bytes they take in memory, of the columns that were read.
    pub bytes: u64,
    /// How many rows one pass over the table has, where that is known.
    pub total: Option<u64>,
}

/// Watches nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoObserver;

impl Observer for NoObserver {}

/// Tells an observer how far a step has come with one table.
#[derive(Clone)]
pub(crate) struct Reading {
    pub(crate) step: String,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) total: Option<u64>,
}

impl Reading {
    /// These rows have been read.
    pub(crate) fn read(&self, rows: &RecordBatch) {
        let read = RowsRead {
            rows: rows.num_rows() as u64,
            bytes: mlhost_data::batch_bytes(rows) as u64,
            total: self.total,
        };
        self.observer.rows_read(&self.step, &read);
    }
}
