//! How a run is run: what it may take of the machine, and what is put on its record.

use std::{collections::BTreeMap, sync::Arc, thread};

use mlhost_pipeline::{Faults, UrlGrant};
use mlhost_store::RunId;

use crate::{Clock, MachineClock, TriggerRecord};

/// How a run is run.
#[derive(Clone)]
pub struct RunOptions {
    /// How many threads may compute at once, over all steps.
    pub jobs: usize,
    /// How many bytes the plugins of all steps may hold together, with the batches on their way
    /// to them; `None` for as many as the limits of the single steps allow.
    pub memory: Option<u64>,
    /// The overrides of parameters with which the pipeline was read, for the record.
    pub given: BTreeMap<String, String>,
    /// The run that this one picks up, for the record.
    pub resumes: Option<RunId>,
    /// What has started it where nobody did by hand, for the record.
    pub trigger: Option<TriggerRecord>,
    /// Where notifications may be sent.
    pub granted_urls: Vec<UrlGrant>,
    /// The clock by which failed steps wait for their next attempt.
    pub clock: Arc<dyn Clock>,
    /// What is to go wrong, because somebody wants to see what follows.
    pub faults: Faults,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            jobs: available_jobs(),
            memory: None,
            given: BTreeMap::new(),
            resumes: None,
            trigger: None,
            granted_urls: Vec::new(),
            clock: Arc::new(MachineClock),
            faults: Faults::new(),
        }
    }
}

/// As many threads as the machine has cores for this process.
pub(crate) fn available_jobs() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
