//! The host's side of one instance: what its imports do, and its limits.

use std::{sync::Arc, time::Instant};

use arrow::record_batch::RecordBatch;
use mlhost_data::Table;
use wasmtime::{
    ResourceLimiter, StoreContextMut, UpdateDeadline,
    component::{Resource, ResourceTable},
};

use crate::{
    Context, Level, OverBudget,
    contract::{data, emit::Emitting, log, metric, progress, types, wire as wit_arrow},
    convert::{Carrier, cut},
};

/// How many scans of datasets may be under way at once: each may hold a file and a batch.
const MAX_SCANS: usize = 64;

/// What an instance's imports work on.
pub(crate) struct Session {
    pub(crate) context: Context,
    /// The last error that was logged: a panic's text, when there was one.
    pub(crate) last_words: Option<String>,
    /// The batches that `output.emit` takes now, if it takes any.
    pub(crate) emitting: Option<Arc<Emitting>>,
    pub(crate) emitted: Vec<RecordBatch>,
    /// Bytes of them: wasmtime counts what one `emit` hands over, and not what all of a call do.
    pub(crate) emitted_bytes: usize,
    /// Why a scan ended early: not the plugin's fault.
    pub(crate) data_error: Option<mlhost_data::Error>,
    resources: ResourceTable,
    /// How many scans are under way.
    scans: usize,
    log_lines: usize,
    /// Bytes of linear memory, which are given back at the end.
    memory: u64,
}

/// Why the host ended a call.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error("the time is used up")]
    TimedOut,
    #[error("the run was cancelled")]
    Cancelled,
    #[error("the memory is used up")]
    OutOfMemory { requested: usize },
    #[error(transparent)]
    OverBudget(#[from] OverBudget),
    #[error("too much was handed over")]
    TooMuchReturned,
    #[error("too many table elements")]
    TableTooLarge { requested: usize },
    #[error("the data cannot be read")]
    Data,
    #[error("{0}")]
    Invalid(String),
}

impl Session {
    pub(crate) fn new(context: Context) -> Self {
        Self {
            context,
            last_words: None,
            emitting: None,
            emitted: vec![],
            emitted_bytes: 0,
            data_error: None,
            resources: ResourceTable::new(),
            scans: 0,
            log_lines: 0,
            memory: 0,
        }
    }

    /// Called at every tick of the epoch while the plugin computes.
    pub(crate) fn at_tick(session: StoreContextMut<'_, Self>) -> wasmtime::Result<UpdateDeadline> {
        let context = &session.data().context;
        if context.cancel.is_cancelled() {
            return Err(Stopped::Cancelled.into());
        }
        match context.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(Stopped::TimedOut.into()),
            _ => Ok(UpdateDeadline::Continue(1)),
        }
    }

    /// Lends a table to the plugin, projected to these columns.
    pub(crate) fn lend(
        &mut self,
        table: Arc<dyn Table>,
        columns: Vec<String>,
        carrier: Carrier,
    ) -> wasmtime::Result<Resource<Dataset>> {
        Ok(self.resources.push(Dataset {
            table,
            columns,
            carrier: Arc::new(carrier),
        })?)
    }

    pub(crate) fn take_back(&mut self, dataset: Resource<Dataset>) -> wasmtime::Result<()> {
        self.resources.delete(dataset)?;
        Ok(())
    }

    /// Counts bytes that the plugin hands over in the call that is under way.
    pub(crate) fn hand_over(&mut self, bytes: usize) -> Result<(), Stopped> {
        self.emitted_bytes = self.emitted_bytes.saturating_add(bytes);
        if self.emitted_bytes > self.context.limits.returned_bytes {
            return Err(Stopped::TooMuchReturned);
        }
        Ok(())
    }

    fn fail<T>(&mut self, error: mlhost_data::Error) -> wasmtime::Result<T> {
        self.data_error = Some(error);
        Err(Stopped::Data.into())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Context { memory, step, .. } = &self.context;
        memory.give_back(step, self.memory);
    }
}

/// A table as a plugin sees it.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Dataset {
    table: Arc<dyn Table>,
    columns: Vec<String>,
    carrier: Arc<Carrier>,
}

/// One pass over a [`Dataset`].
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Scan {
    batches: mlhost_data::Scan<Arc<dyn Table>>,
    carrier: Arc<Carrier>,
}

impl ResourceLimiter for Session {
    fn memory_growing(
        &mut self,
        current: usize,
        requested: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if requested > self.context.limits.memory_bytes {
            return Err(Stopped::OutOfMemory { requested }.into());
        }
        let more = requested.saturating_sub(current) as u64;
        let Context { memory, step, .. } = &self.context;
        memory.take(step, more).map_err(Stopped::from)?;
        self.memory += more;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        requested: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if requested > self.context.limits.table_elements {
            return Err(Stopped::TableTooLarge { requested }.into());
        }
        Ok(true)
    }
}

impl log::Host for Session {
    fn log(&mut self, level: log::Level, mut message: String) -> wasmtime::Result<()> {
        cut(&mut message, self.context.limits.text_bytes);
        let level = match level {
            log::Level::Trace => Level::Trace,
            log::Level::Debug => Level::Debug,
            log::Level::Info => Level::Info,
            log::Level::Warn => Level::Warn,
            log::Level::Error => Level::Error,
        };
        self.log_lines += 1;
        if self.log_lines <= self.context.limits.log_lines {
            self.context.listener.log(level, &message);
        }
        if level == Level::Error {
            self.last_words = Some(message);
        }
        Ok(())
    }
}

impl progress::Host for Session {
    fn report(&mut self, done: u64, total: Option<u64>) -> wasmtime::Result<()> {
        self.context.listener.progress(done, total);
        Ok(())
    }
}

impl metric::Host for Session {
    fn point(&mut self, mut name: String, step: u64, value: f64) -> wasmtime::Result<()> {
        cut(&mut name, self.context.limits.text_bytes);
        self.context.listener.metric(&name, step, value);
        Ok(())
    }
}

impl data::Host for Session {}

impl data::HostDataset for Session {
    fn schema(&mut self, dataset: Resource<Dataset>) -> wasmtime::Result<wit_arrow::Schema> {
        Ok(self.resources.get(&dataset)?.carrier.fields().to_vec())
    }

    fn num_rows(&mut self, dataset: Resource<Dataset>) -> wasmtime::Result<Option<u64>> {
        Ok(self.resources.get(&dataset)?.table.num_rows())
    }

    fn scan(
        &mut self,
        dataset: Resource<Dataset>,
    ) -> wasmtime::Result<Result<Resource<Scan>, types::Error>> {
        if self.scans == MAX_SCANS {
            let what = format!("a wish for more than {MAX_SCANS} scans at once");
            return Err(Stopped::Invalid(what).into());
        }
        let Dataset {
            table,
            columns,
            carrier,
        } = self.resources.get(&dataset)?;
        match mlhost_data::Scan::new(table.clone(), columns) {
            Ok(batches) => {
                let scan = Scan {
                    batches,
                    carrier: carrier.clone(),
                };
                self.scans += 1;
                Ok(Ok(self.resources.push(scan)?))
            }
            Err(error) => self.fail(error),
        }
    }

    fn drop(&mut self, dataset: Resource<Dataset>) -> wasmtime::Result<()> {
        self.take_back(dataset)
    }
}

impl data::HostScan for Session {
    fn next(
        &mut self,
        scan: Resource<Scan>,
    ) -> wasmtime::Result<Result<Option<wit_arrow::Batch>, types::Error>> {
        let scan = self.resources.get_mut(&scan)?;
        match scan.batches.next() {
            None => Ok(Ok(None)),
            Some(Ok(batch)) => {
                let batch = scan.carrier.batch_out(&batch);
                Ok(Ok(Some(
                    batch.map_err(|error| Stopped::Invalid(error.to_string()))?,
                )))
            }
            Some(Err(error)) => self.fail(error),
        }
    }

    fn drop(&mut self, scan: Resource<Scan>) -> wasmtime::Result<()> {
        self.resources.delete(scan)?;
        self.scans -= 1;
        Ok(())
    }
}

impl types::Host for Session {}
