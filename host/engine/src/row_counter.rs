//! Adds up what each step reads, for its record.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use mlhost_sandbox::Level;

use crate::{Observer, RowsRead, StepRecord};

/// Counts the rows that each step reads, on their way to the observer.
pub(crate) struct RowCounter {
    inner: Arc<dyn Observer>,
    steps: Mutex<HashMap<String, Arc<Counts>>>,
}

/// What one step has read so far.
#[derive(Default)]
struct Counts {
    rows: AtomicU64,
    bytes: AtomicU64,
}

impl RowCounter {
    pub(crate) fn new(inner: Arc<dyn Observer>) -> Self {
        Self {
            inner,
            steps: Mutex::default(),
        }
    }

    fn counts(&self, step: &str) -> Arc<Counts> {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        steps.entry(step.to_owned()).or_default().clone()
    }

    /// How many rows and bytes the step has read so far.
    pub(crate) fn read(&self, step: &str) -> (u64, u64) {
        let counts = self.counts(step);
        let rows = counts.rows.load(Ordering::Relaxed);
        (rows, counts.bytes.load(Ordering::Relaxed))
    }
}

impl Observer for RowCounter {
    fn step_started(&self, step: &str, plugin: &str) {
        self.inner.step_started(step, plugin);
    }

    fn rows_read(&self, step: &str, read: &RowsRead) {
        let counts = self.counts(step);
        counts.rows.fetch_add(read.rows, Ordering::Relaxed);
        counts.bytes.fetch_add(read.bytes, Ordering::Relaxed);
        self.inner.rows_read(step, read);
    }

    fn log(&self, step: &str, level: Level, message: &str) {
        self.inner.log(step, level, message);
    }

    fn step_finished(&self, record: &StepRecord) {
        self.inner.step_finished(record);
    }
}
