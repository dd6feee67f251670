//! Counting rows while they are read: a table that tells an observer how far its
//! reader has come, and an observer that adds it up.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use arrow::datatypes::SchemaRef;
use mlhost_data::{Batches, Result, Table};
use mlhost_sandbox::Level;

use crate::{Observer, StepRecord};

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

/// Counts the rows that each step reads, on their way to the observer.
pub(crate) struct RowCounter {
    inner: Arc<dyn Observer>,
    rows: Mutex<HashMap<String, Arc<AtomicU64>>>,
}

impl RowCounter {
    pub(crate) fn new(inner: Arc<dyn Observer>) -> Self {
        Self {
            inner,
            rows: Mutex::default(),
        }
    }

    fn counter(&self, step: &str) -> Arc<AtomicU64> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.entry(step.to_owned()).or_default().clone()
    }

    /// How many rows the step has read so far.
    pub(crate) fn rows(&self, step: &str) -> u64 {
        self.counter(step).load(Ordering::Relaxed)
    }
}

impl Observer for RowCounter {
    fn step_started(&self, step: &str, plugin: &str) {
        self.inner.step_started(step, plugin);
    }

    fn rows_read(&self, step: &str, rows: u64, total: Option<u64>) {
        self.counter(step).fetch_add(rows, Ordering::Relaxed);
        self.inner.rows_read(step, rows, total);
    }

    fn log(&self, step: &str, level: Level, message: &str) {
        self.inner.log(step, level, message);
    }

    fn step_finished(&self, record: &StepRecord) {
        self.inner.step_finished(record);
    }
}
