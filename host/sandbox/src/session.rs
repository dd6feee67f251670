//! The host's side of one instance: what its imports do, and its limits.

use std::{sync::Arc, time::Instant};

use arrow::record_batch::RecordBatch;
use mlhost_data::Table;
use mlhost_pipeline::Limit;
use wasmtime::{
    ResourceLimiter, StoreContextMut, UpdateDeadline,
    component::{Resource, ResourceTable},
};

use crate::{
    Context, Failure, Level, Limits, OverBudget,
    contract::{data, emit::Emitting, log, metric, progress, types, wire as wit_arrow},
    convert::{Carrier, cut},
    engine::TICK,
    error::raised,
    limits::{Heard, over},
    wasi::{holdings::Holdings, world::World},
};

/// How many linear memories an instance may have.
const MEMORIES: usize = 16;
/// How many scans of datasets may be under way at once: each may hold a file and a batch.
const MAX_SCANS: usize = 64;

/// What an instance's imports work on.
pub(crate) struct Session {
    pub(crate) context: Context,
    /// The last error that was logged: a panic's text, when there was one.
    last_words: Option<String>,
    /// The batches that `output.emit` takes now, if it takes any.
    pub(crate) emitting: Option<Arc<Emitting>>,
    pub(crate) emitted: Vec<RecordBatch>,
    /// Bytes of them: wasmtime counts what one `emit` hands over, and not what all of a call do.
    pub(crate) emitted_bytes: usize,
    /// Why a scan ended early: not the plugin's fault.
    pub(crate) data_error: Option<mlhost_data::Error>,
    pub(crate) resources: ResourceTable,
    /// How many scans are under way.
    scans: usize,
    /// What it sees through WASI.
    pub(crate) world: World,
    /// What the host holds for it through WASI.
    pub(crate) holdings: Holdings,
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
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error("the data cannot be read")]
    Data,
    #[error("{0}")]
    Invalid(String),
    #[error("the plugin has ended itself")]
    Exited(u8),
    #[error("`{0}` has nothing to work on")]
    Unanswered(String),
}

impl Session {
    pub(crate) fn new(context: Context) -> Self {
        Self {
            world: World::new(context.seed, &context.grants.allow),
            holdings: Holdings::default(),
            context,
            last_words: None,
            emitting: None,
            emitted: vec![],
            emitted_bytes: 0,
            data_error: None,
            resources: ResourceTable::new(),
            scans: 0,
            memory: 0,
        }
    }

    /// Called at every tick of the epoch while the plugin computes.
    pub(crate) fn at_tick(session: StoreContextMut<'_, Self>) -> wasmtime::Result<UpdateDeadline> {
        let context = &session.data().context;
        if context.usage.compute(TICK, &context.limits) {
            let value = context.limits.cpu_time.as_millis();
            let value = u64::try_from(value).unwrap_or(u64::MAX);
            let failure = over("computed for longer than it may", Limit::CpuTime, value);
            return Err(Stopped::Failed(failure).into());
        }
        session.data().check_time()?;
        Ok(UpdateDeadline::Continue(1))
    }

    /// Whether the plugin may go on.
    pub(crate) fn check_time(&self) -> wasmtime::Result<()> {
        if self.context.cancel.is_cancelled() {
            return Err(Stopped::Cancelled.into());
        }
        match self.context.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(Stopped::TimedOut.into()),
            _ => Ok(()),
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

    /// Passes a line on to whoever listens.
    pub(crate) fn say(&mut self, level: Level, mut message: String) {
        cut(&mut message, self.context.limits.text_bytes);
        let Context {
            usage,
            limits,
            listener,
            ..
        } = &self.context;
        match usage.line(message.len(), limits) {
            Heard::Yes => listener.log(level, &message),
            Heard::NoMore(limit, value) => listener.log(
                Level::Warn,
                &format!(
                    "further log lines are left out: the limit `{}` is {}; {}",
                    limit.key(),
                    limit.written(value),
                    raised(limit, value, &self.context.step)
                ),
            ),
            Heard::No => {}
        }
        if level == Level::Error {
            self.last_words = Some(message);
        }
    }

    /// What the plugin said last of what is wrong: in its log, or on its standard error.
    pub(crate) fn last_words(&mut self) -> Option<String> {
        let mut written = self.world.last_words();
        if let Some(lines) = &mut written {
            cut(lines, self.context.limits.text_bytes);
        }
        self.last_words.take().or(written)
    }

    /// Notes that the plugin wanted to do what its step does not allow, and which key would.
    pub(crate) fn refuse(&mut self, what: &str, key: &str) {
        let step = &self.context.step;
        self.warn(format!(
            "the plugin was refused to {what}; `allow.{key}` in [steps.{step}] would grant it"
        ));
    }

    /// Notes that the plugin wanted to do what no step can allow.
    pub(crate) fn refuse_to_all(&mut self, what: &str) {
        self.warn(format!(
            "the plugin was refused to {what}, which no step can allow"
        ));
    }

    /// Tells of a refusal, once.
    fn warn(&mut self, told: String) {
        if self.world.refuse(&told) {
            self.say(Level::Warn, told);
        }
    }

    /// Passes on what the plugin has written so far, as its call has ended.
    pub(crate) fn end_lines(&mut self) {
        for (level, line) in self.world.end_lines() {
            self.say(level, line);
        }
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
        let more = requested.saturating_sub(current) as u64;
        let Context {
            memory,
            step,
            limits,
            ..
        } = &self.context;
        let limit = limits.memory_bytes;
        let all = usize::try_from(self.memory.saturating_add(more)).unwrap_or(usize::MAX);
        if all > limit {
            return Err(Stopped::OutOfMemory { requested: all }.into());
        }
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
        let what = || format!("asked for a table of {requested} elements");
        let limit = self.context.limits.table_elements;
        Limits::check(what, requested, Limit::TableElements, limit).map_err(Stopped::from)?;
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.context.limits.instances
    }

    fn tables(&self) -> usize {
        self.context.limits.tables
    }

    // Each takes as much room for addresses, however small it is.
    fn memories(&self) -> usize {
        MEMORIES
    }
}

impl log::Host for Session {
    fn log(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Trace => Level::Trace,
            log::Level::Debug => Level::Debug,
            log::Level::Info => Level::Info,
            log::Level::Warn => Level::Warn,
            log::Level::Error => Level::Error,
        };
        self.say(level, message);
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
        let Context { usage, limits, .. } = &self.context;
        limits.check_text(&name).map_err(Stopped::from)?;
        if usage.point(limits) {
            let what = "recorded more points of training curves than it may";
            let failure = over(what, Limit::MetricPoints, limits.metric_points);
            return Err(Stopped::from(failure).into());
        }
        cut(&mut name, limits.text_bytes);
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
