//! One step of a run: its work, its record, and what its gates decide.

use std::time::{Duration, Instant};

use mlhost_pipeline::OnFailure;
use mlhost_sandbox::Level;
use mlhost_store::Store;

use crate::{
    AttemptRecord, Error, Observer, PluginRecord, Result, StateRecord, StepRecord, StepStatus,
    error::{on_record, unwrapped},
    gates,
    retrying::is_retried,
    row_counter::RowCounter,
    steps::{Done, Worked},
    workshop::Workshop,
};

/// Why a run goes no further.
pub(crate) enum Stopped {
    /// Boxed, because the other variant is much smaller.
    Failed(Box<Error>),
    /// A validation or a gate said no: the sentence for the user.
    Refused(String),
}

/// A step that runs: its record in the making.
struct Running {
    record: StepRecord,
    started: Instant,
}

/// Does the work of steps that start together, each as often as it is worth, and writes down how
/// that went. A step that failed comes before those that were given up because of it.
pub(crate) fn run_steps(
    workshop: &Workshop,
    store: &Store,
    observer: &RowCounter,
    names: &[&str],
) -> Vec<(StepRecord, Result<(), Stopped>)> {
    let mut running: Vec<_> = names
        .iter()
        .map(|name| start(workshop, observer, name))
        .collect();
    let mut ended = Vec::new();
    while !running.is_empty() {
        let names: Vec<_> = running
            .iter()
            .map(|running| running.record.name.clone())
            .collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let cancel = workshop.cancel_of(names[0]);
        let mut again = Vec::new();
        let mut wait = Duration::ZERO;
        let mut given_up = Vec::new();
        let mut stops = cancel.is_cancelled();
        for (mut running, worked) in running.into_iter().zip(workshop.work_together(&names)) {
            let worked = Worked {
                result: worked.result.map_err(unwrapped),
                ..worked
            };
            let control = &workshop.pipeline.steps[&running.record.name].control;
            let failures = u32::try_from(running.record.attempts.len() + 1).unwrap_or(u32::MAX);
            match &worked.result {
                Err(Error::Cancelled) => given_up.push((running, worked)),
                Err(error) if is_retried(&control.retry, failures, error) => {
                    let pause = control.retry.wait(failures, workshop.clock.random());
                    running.failed(workshop, error, pause);
                    wait = wait.max(pause);
                    again.push(running);
                }
                result => {
                    // What runs last runs however the others end.
                    let is_last = control.finally;
                    stops |= !is_last && result.is_err() && control.on_failure == OnFailure::Stop;
                    ended.push(end(workshop, store, observer, running, worked));
                }
            }
        }
        // Who was given up because another step failed goes on, unless the run ends with that.
        let goes_on = !stops && (again.is_empty() || workshop.clock.wait(wait, &cancel));
        running = again;
        match goes_on {
            true => running.extend(given_up.into_iter().map(|(running, _)| running)),
            false => {
                let waiting = running
                    .drain(..)
                    .map(|running| (running, Worked::given_up()));
                let all = given_up.into_iter().chain(waiting);
                ended.extend(
                    all.map(|(running, worked)| end(workshop, store, observer, running, worked)),
                );
            }
        }
    }
    ended
}

impl Running {
    /// Writes down an attempt that is followed by another one.
    fn failed(&mut self, workshop: &Workshop, error: &Error, wait: Duration) {
        let before: f64 = self
            .record
            .attempts
            .iter()
            .map(|attempt| attempt.seconds + attempt.waited)
            .sum();
        let attempt = AttemptRecord {
            error: on_record(error),
            seconds: (self.started.elapsed().as_secs_f64() - before).max(0.0),
            waited: wait.as_secs_f64(),
        };
        let number = self.record.attempts.len() + 1;
        let message = format!(
            "attempt {number} failed: {}; again in {:.1} s",
            attempt.error, attempt.waited
        );
        workshop
            .observer
            .log(&self.record.name, Level::Warn, &message);
        self.record.attempts.push(attempt);
    }
}

/// The record of a step that does not run.
pub(crate) fn not_run(
    workshop: &Workshop,
    name: &str,
    reason: Result<String, &Error>,
) -> StepRecord {
    let mut record = empty(workshop, name);
    match reason {
        Ok(reason) => {
            record.status = StepStatus::Skipped;
            record.skipped = Some(reason);
        }
        Err(error) => {
            record.status = StepStatus::Failed;
            record.error = Some(on_record(error));
        }
    }
    record
}

fn start(workshop: &Workshop, observer: &RowCounter, name: &str) -> Running {
    let record = empty(workshop, name);
    observer.step_started(name, &record.plugin.to_string());
    Running {
        record,
        started: Instant::now(),
    }
}

/// The record of a step of which nothing has come yet.
fn empty(workshop: &Workshop, name: &str) -> StepRecord {
    let plugin = &workshop.plugins[name].plugin;
    StepRecord {
        name: name.to_owned(),
        kind: plugin.kind(),
        plugin: PluginRecord::of(plugin),
        params: workshop.params(name),
        status: StepStatus::Done,
        cached: false,
        cached_from: None,
        cached_rows: None,
        again: workshop.again.contains(name),
        key: None,
        rows: 0,
        bytes: 0,
        seconds: 0.0,
        states: vec![],
        outcome: None,
        curves: vec![],
        gates: vec![],
        error: None,
        skipped: None,
        attempts: vec![],
        granted: workshop.grants_of(name).in_words(),
        each: workshop.each(name),
    }
}

fn end(
    workshop: &Workshop,
    store: &Store,
    observer: &RowCounter,
    running: Running,
    worked: Worked,
) -> (StepRecord, Result<(), Stopped>) {
    let Running {
        mut record,
        started,
    } = running;
    record.key = worked.key;
    if let Some(params) = worked.params {
        record.params = params;
    }
    // What is read to compare is not what the step reads.
    (record.rows, record.bytes) = observer.read(&record.name);
    let result = worked
        .result
        .and_then(|done| keep((workshop, store), done, &mut record))
        .map_err(|error| Stopped::Failed(Box::new(error)));
    let result = result.and_then(|()| match workshop.is_judged_later(&record.name) {
        true => gates::verdict(&record),
        false => gates::decide(workshop, &mut record),
    });
    record.seconds = started
        .elapsed()
        .saturating_sub(worked.waited)
        .as_secs_f64();
    set_status(&mut record, &result);
    (record, result)
}

/// Has the gates decide on steps of the iteration that a loop hands on.
pub(crate) fn judge(
    workshop: &Workshop,
    records: Vec<StepRecord>,
) -> Vec<(StepRecord, Result<(), Stopped>)> {
    let decide = |mut record: StepRecord| {
        let started = Instant::now();
        let result = gates::decide(workshop, &mut record);
        record.seconds += started.elapsed().as_secs_f64();
        set_status(&mut record, &result);
        (record, result)
    };
    records.into_iter().map(decide).collect()
}

fn set_status(record: &mut StepRecord, result: &Result<(), Stopped>) {
    match result {
        Ok(()) => {}
        Err(Stopped::Refused(_)) => record.status = StepStatus::Refused,
        Err(Stopped::Failed(error)) if error.is_cancellation() => {
            record.status = StepStatus::Cancelled;
        }
        Err(Stopped::Failed(error)) => {
            record.status = StepStatus::Failed;
            record.error = Some(on_record(error.as_ref()));
        }
    }
}

fn keep((workshop, store): (&Workshop, &Store), done: Done, record: &mut StepRecord) -> Result<()> {
    if let (Some(key), false) = (&record.key, done.cached) {
        let key = key.digest.parse()?;
        workshop.results.keep_step(&key, &done, record.rows)?;
    }
    for (name, state) in done.states {
        let digest = store.blobs().put(&state)?.to_string();
        record.states.push(StateRecord {
            name,
            digest,
            bytes: state.len() as u64,
        });
    }
    record.outcome = done.outcome;
    record.curves = done.curves;
    record.cached = done.cached;
    record.cached_rows = done.cached.then_some(done.rows);
    record.cached_from = done.computed_by;
    Ok(())
}
