//! Who watches a run: the terminal, a log, a test.

use mlhost_sandbox::Level;

use crate::StepRecord;

/// Hears what happens in a run. Called from the threads of the steps.
pub trait Observer: Send + Sync {
    /// A step begins.
    fn step_started(&self, step: &str, plugin: &str) {
        let _ = (step, plugin);
    }
    /// A step has read `rows` more rows; `total` is what one pass over its input
    /// has, where that is known.
    fn rows_read(&self, step: &str, rows: u64, total: Option<u64>) {
        let _ = (step, rows, total);
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

/// Watches nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoObserver;

impl Observer for NoObserver {}
