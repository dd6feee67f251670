//! A run that did not come to its end, to be picked up by another one. Nothing of it is taken over
//! but its patches, its parameters and what is in the cache under a key that still fits, so nothing stale is
//! ever used, whatever has changed in the meantime.

use mlhost_pipeline::{Data, Pipeline, Source, Step, Switch, parse_with};
use mlhost_store::{Outcome, Run, RunId, RunOutcome, Store};

use super::changes;
use crate::{Error, PatchRecord, Result, RunRecord};

/// A run that did not come to its end.
pub struct Unfinished {
    /// Its row.
    pub run: Run,
    /// What is known of it.
    pub record: RunRecord,
    /// The text of its pipeline.
    text: String,
}

/// The run that can be picked up: the one that is named, or the latest of the pipeline, or the
/// latest of all.
///
/// # Errors
/// [`Error::NotResumable`], and those of [`RunRecord::read`].
pub fn unfinished(store: &Store, run: Option<RunId>, pipeline: Option<&str>) -> Result<Unfinished> {
    let id = match (run, pipeline) {
        (Some(run), _) => run,
        (None, Some(pipeline)) => {
            let latest = store.runs_of(pipeline, None, 1)?;
            let none = || Error::NoRuns(format!("pipeline `{pipeline}` has not run yet"));
            latest.first().ok_or_else(none)?.id
        }
        (None, None) => {
            let latest = store.runs(1)?;
            let none = || Error::NoRuns("nothing has run yet".to_owned());
            latest.first().ok_or_else(none)?.id
        }
    };
    let (stored, record) = RunRecord::read(store, id)?;
    let refused = |reason: String| Error::NotResumable { run: id, reason };
    match stored.run.outcome {
        RunOutcome::Running => return Err(refused("it is still running".to_owned())),
        RunOutcome::Ended(Outcome::Done) => return Err(refused("it is done".to_owned())),
        RunOutcome::Died | RunOutcome::Ended(_) => {}
    }
    if let Some(pipeline) = pipeline.filter(|name| *name != stored.run.pipeline) {
        let other = &stored.run.pipeline;
        let reason = format!("it is a run of pipeline `{other}`, and this is `{pipeline}`");
        return Err(refused(reason));
    }
    let record = record.filter(|record| !record.folder.is_empty());
    let record = record.ok_or_else(|| refused("it kept no record".to_owned()))?;
    let text = store.blobs().get(&stored.run.pipeline_digest)?;
    Ok(Unfinished {
        run: stored.run,
        record,
        text: String::from_utf8_lossy(&text).into_owned(),
    })
}

impl Unfinished {
    /// What is not the same in the pipeline as it is now; nothing where the text and what was put
    /// over it is the same.
    pub fn changes(&self, now: &Pipeline) -> Vec<String> {
        let patches: Vec<_> = now.patches.iter().map(PatchRecord::of).collect();
        if self.text == now.source().text() && self.record.patches == patches {
            return vec![];
        }
        let source = Source::new(self.record.file.as_str(), self.text.as_str());
        match parse_with(source, &self.record.overrides()) {
            Ok(then) => pipeline_changes(&then, now),
            Err(_) => vec!["its text, which this host could not read as it was".to_owned()],
        }
    }
}

/// What differs between two pipelines, each in a few words; comments and layout do not count.
pub fn pipeline_changes(before: &Pipeline, after: &Pipeline) -> Vec<String> {
    let mut found = Vec::new();
    let (left, right) = (before.params.clone().into(), after.params.clone().into());
    let changes = changes::values(&left, &right);
    found.extend(
        changes
            .iter()
            .map(|change| format!("parameter `{}`", change.at)),
    );
    if before.seed != after.seed {
        found.push("the seed".to_owned());
    }
    if before.deadline != after.deadline {
        found.push("the deadline".to_owned());
    }
    let keys = before
        .data
        .keys()
        .chain(new_keys(&before.data, &after.data));
    for name in keys {
        match (before.data.get(name), after.data.get(name)) {
            (Some(left), Some(right)) if is_same_data(left, right) => {}
            (Some(_), Some(_)) => found.push(format!("data `{name}`")),
            (None, _) => found.push(format!("data `{name}`, which is new")),
            (_, None) => found.push(format!("data `{name}`, which is gone")),
        }
    }
    let (left, right) = (written_steps(before), written_steps(after));
    let keys = left.keys().chain(new_keys(&left, &right));
    for name in keys {
        match (left.get(name), right.get(name)) {
            (Some(left), Some(right)) if is_same_step((before, left), (after, right)) => {}
            (Some(_), Some(_)) => found.push(format!("step `{name}`")),
            (None, _) => found.push(format!("step `{name}`, which is new")),
            (_, None) => found.push(format!("step `{name}`, which is gone")),
        }
    }
    found
}

/// What is written of a step: how it is done, in a loop once for each iteration, or what it picks.
#[derive(Default)]
struct Written<'a> {
    steps: Vec<&'a Step>,
    switch: Option<&'a Switch>,
}

fn written_steps(pipeline: &Pipeline) -> Named<Written<'_>> {
    let mut written: Named<Written<'_>> = Named::new();
    for step in pipeline.steps.values() {
        written
            .entry(step.written.clone())
            .or_default()
            .steps
            .push(step);
    }
    for switch in pipeline.switches.values() {
        written.entry(switch.name.clone()).or_default().switch = Some(switch);
    }
    written
}

type Named<T> = indexmap::IndexMap<String, T>;

fn new_keys<'a, T>(before: &Named<T>, after: &'a Named<T>) -> impl Iterator<Item = &'a String> {
    let keys: Vec<_> = after
        .keys()
        .filter(|key| !before.contains_key(*key))
        .collect();
    keys.into_iter()
}

fn is_same_data(left: &Data, right: &Data) -> bool {
    left.path == right.path
        && left.format == right.format
        && left.csv == right.csv
        && left.compression == right.compression
        && left.schema == right.schema
        && left.selection == right.selection
}

/// But for where it is written.
fn is_same_step(
    (before, left): (&Pipeline, &Written<'_>),
    (after, right): (&Pipeline, &Written<'_>),
) -> bool {
    let looped = |pipeline: &'_ Pipeline, step: &Written<'_>| {
        let iteration = step.steps.first()?.iteration.as_ref()?;
        pipeline.loops.get(&iteration.of).cloned()
    };
    let is_same_loop = match (looped(before, left), looped(after, right)) {
        (Some(left), Some(right)) => left.is_same(&right),
        (left, right) => left.is_none() && right.is_none(),
    };
    let is_same_switch = match (left.switch, right.switch) {
        (Some(left), Some(right)) => left.is_same(right),
        (left, right) => left.is_none() && right.is_none(),
    };
    let mut pairs = left.steps.iter().zip(&right.steps);
    left.steps.len() == right.steps.len()
        && is_same_loop
        && is_same_switch
        && pairs.all(|(left, right)| is_same_instance(left, right))
}

fn is_same_instance(left: &Step, right: &Step) -> bool {
    let references = |step: &Step| -> Vec<String> {
        let references = step.input.references();
        references.map(|reference| reference.name.clone()).collect()
    };
    let registered = |step: &Step| {
        step.input
            .registered_model()
            .map(|model| model.version.clone())
    };
    let gates = |step: &Step| serde_json::to_value(&step.gates).unwrap_or_default();
    left.plugin == right.plugin
        && references(left) == references(right)
        && registered(left) == registered(right)
        && left.with == right.with
        && gates(left) == gates(right)
        && left.register == right.register
        && left.after == right.after
        && left.timeout == right.timeout
        && left.memory == right.memory
        && left.control.is_same(&right.control)
}
