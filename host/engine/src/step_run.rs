//! One step of a run: its work, its record, and what its gates decide.

use std::time::Instant;

use mlhost_store::Store;

use crate::{
    Error, Observer, PluginRecord, Result, StateRecord, StepRecord, StepStatus,
    error::unwrapped,
    gates,
    row_counter::RowCounter,
    steps::{Done, Worked},
    with_causes,
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

/// Does the work of steps that start together, and writes down how each went. A step that failed
/// comes before those that were given up because of it.
pub(crate) fn run_steps(
    workshop: &Workshop,
    store: &Store,
    observer: &RowCounter,
    names: &[&str],
) -> Vec<(StepRecord, Result<(), Stopped>)> {
    let running: Vec<_> = names
        .iter()
        .map(|name| start(workshop, observer, name))
        .collect();
    let worked = workshop.work_together(names);
    let mut ended: Vec<_> = running
        .into_iter()
        .zip(worked)
        .map(|(running, worked)| end(workshop, store, observer, running, worked))
        .collect();
    ended.sort_by_key(|(_, result)| matches!(result, Err(Stopped::Failed(error)) if matches!(error.as_ref(), Error::Cancelled)));
    ended
}

fn start(workshop: &Workshop, observer: &RowCounter, name: &str) -> Running {
    let plugin = &workshop.plugins[name].plugin;
    let identity = PluginRecord {
        name: plugin.name().name,
        version: plugin.name().version,
        digest: plugin.digest().to_owned(),
    };
    observer.step_started(name, &identity.to_string());
    let record = StepRecord {
        name: name.to_owned(),
        kind: plugin.kind(),
        plugin: identity,
        params: workshop.params(name),
        status: StepStatus::Done,
        cached: false,
        cached_from: None,
        again: workshop.again.contains(name),
        key: None,
        rows: 0,
        bytes: 0,
        seconds: 0.0,
        states: vec![],
        outcome: None,
        gates: vec![],
        error: None,
    };
    Running {
        record,
        started: Instant::now(),
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
    let result = worked
        .result
        .map_err(unwrapped)
        .and_then(|done| keep(store, done, &mut record))
        .map_err(|error| Stopped::Failed(Box::new(error)));
    // What is read to compare is not what the step reads.
    (record.rows, record.bytes) = observer.read(&record.name);
    let result = result.and_then(|()| gates::decide(workshop, &mut record));
    record.seconds = started.elapsed().as_secs_f64();
    match &result {
        Ok(()) => {}
        Err(Stopped::Refused(_)) => record.status = StepStatus::Refused,
        Err(Stopped::Failed(error)) => {
            // What ended the run is told once, and not by every step that was given up for it.
            record.status = match error.is_cancellation() {
                true => StepStatus::Cancelled,
                false => StepStatus::Failed,
            };
            record.error = (!error.is_cancellation()).then(|| with_causes(error.as_ref()));
        }
    }
    (record, result)
}

fn keep(store: &Store, done: Done, record: &mut StepRecord) -> Result<()> {
    for (name, state) in done.states {
        let digest = store.blobs().put(&state)?.to_string();
        record.states.push(StateRecord {
            name,
            digest,
            bytes: state.len() as u64,
        });
    }
    record.outcome = done.outcome;
    record.cached = done.cached;
    record.cached_from = done.computed_by;
    Ok(())
}
