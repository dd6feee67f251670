//! One step of a run: its work, its record, and what its gates decide.

use std::time::Instant;

use mlhost_pipeline::Step;
use mlhost_sandbox::{Outcome as StepOutcome, Verdict};
use mlhost_store::Store;

use crate::{
    Error, GateRecord, Observer, PluginRecord, Result, StateRecord, StepRecord, StepStatus,
    error::unwrapped,
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
        .map_err(|error| Stopped::Failed(Box::new(error)))
        .and_then(|()| decide(&workshop.pipeline.steps[&record.name], &mut record));
    record.seconds = started.elapsed().as_secs_f64();
    (record.rows, record.bytes) = observer.read(&record.name);
    match &result {
        Ok(()) => {}
        Err(Stopped::Refused(_)) => record.status = StepStatus::Refused,
        Err(Stopped::Failed(error)) => {
            record.status = StepStatus::Failed;
            record.error = Some(with_causes(error.as_ref()));
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

/// Whether the step's verdict and its gates let the run go on.
fn decide(step: &Step, record: &mut StepRecord) -> Result<(), Stopped> {
    let Some(outcome) = &record.outcome else {
        return Ok(());
    };
    record.gates = step
        .gates
        .iter()
        .map(|gate| gate_record(gate, outcome))
        .collect();
    if outcome.verdict == Verdict::Failed {
        return Err(Stopped::Refused(format!(
            "step `{}`: {}",
            step.name, outcome.summary
        )));
    }
    match record.gates.iter().find(|gate| !gate.passed) {
        None => Ok(()),
        Some(failed) => Err(Stopped::Refused(format!(
            "step `{}`: {}",
            step.name,
            refusal(failed)
        ))),
    }
}

fn gate_record(gate: &mlhost_pipeline::Gate, outcome: &StepOutcome) -> GateRecord {
    let value = outcome.headline(&gate.metric);
    let passed = value.is_some_and(|value| gate.passes(value));
    GateRecord {
        gate: gate.clone(),
        value,
        passed,
    }
}

fn refusal(record: &GateRecord) -> String {
    let GateRecord { gate, value, .. } = record;
    let Some(value) = value else {
        return format!("its gate needs `{}`, which has no value", gate.metric);
    };
    let (bound, limit) = match (gate.minimum, gate.maximum) {
        (Some(minimum), _) if *value < minimum => ("at least", minimum),
        (_, Some(maximum)) => ("at most", maximum),
        (minimum, None) => ("at least", minimum.unwrap_or_default()),
    };
    format!(
        "{} is {value:.6}, and its gate wants {bound} {limit}",
        gate.metric
    )
}
