//! Why each step of a run ran, or did not: what decides its result, against the latest earlier run
//! of the same pipeline that came to the step, back to the change that started it.

use mlhost_store::{Run, RunId, Store};
use serde::Serialize;

use super::changes::{self, Files, FilesChange, ValueChange, VersionChange};
use crate::{
    Error, InputRecord, PluginRecord, Result, RunRecord, StepKey, StepRecord, StepStatus,
    opened::data_name,
    schedule::{is_meant, written_names},
};

/// How many earlier runs are looked at.
const HISTORY: u32 = 100;

/// Why the steps of a run ran or did not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The run.
    pub run: RunId,
    /// Its pipeline.
    pub pipeline: String,
    /// The steps that it has come to, in the order of the plan.
    pub steps: Vec<StepExplanation>,
}

/// Why one step ran or did not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepExplanation {
    /// The step.
    pub step: String,
    /// How it ended.
    pub status: StepStatus,
    /// Why.
    #[serde(flatten)]
    pub why: Why,
}

/// Why a step ran or did not.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Why {
    /// It did not: all that decides its result was the same before.
    Cached {
        /// The run that computed the result, where that is known.
        from: Option<RunId>,
    },
    /// It ran because somebody wanted it to.
    Asked {
        /// The option that was given.
        option: String,
    },
    /// No earlier run of the pipeline has come to it.
    First,
    /// Something that decides its result is not what it was.
    Changed {
        /// The run that it is compared with.
        since: RunId,
        /// What is not the same; everything else is.
        changes: Vec<Change>,
    },
    /// The same was begun before, and not finished.
    Unfinished {
        /// The run that began it.
        run: RunId,
    },
    /// The same was done before, and its result is in the cache no more.
    Forgotten {
        /// The run that did it.
        run: RunId,
    },
    /// It may reach more than its rows, so that no result of it is kept.
    Granted {
        /// What it may, each in a few words.
        granted: Vec<String>,
    },
    /// What decides its result is not known, so that no result of it is kept.
    Unknown,
    /// It did not: a condition was false, or something that it needs was not there.
    Skipped {
        /// Which.
        reason: String,
    },
    /// It came to nothing before its work began.
    Failed {
        /// Why.
        error: String,
    },
    /// It was given up because the run ended.
    Cancelled,
}

/// Something that decides the result of a step, and is not what it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "part", rename_all = "kebab-case")]
pub enum Change {
    /// The plugin.
    Plugin {
        /// What it was.
        before: PluginRecord,
        /// What it is.
        after: PluginRecord,
    },
    /// The parameters.
    Params {
        /// Which, and how.
        changes: Vec<ValueChange>,
    },
    /// The version of the host, the contract or wasmtime.
    Version(VersionChange),
    /// What it reads: another table, or one that passes other steps.
    Input {
        /// What it is to the step.
        name: String,
        /// What it was.
        before: Option<InputRecord>,
        /// What it is.
        after: Option<InputRecord>,
    },
    /// The content of files.
    Data(FilesChange),
    /// Which rows and columns of the files are taken.
    Selection {
        /// The name of the data.
        data: String,
        /// How.
        changes: Vec<ValueChange>,
    },
    /// How the bytes of files become rows: format, delimiter, null values, stated types.
    Reading {
        /// The name of the data.
        data: String,
    },
    /// A fitted step that rows pass on the way.
    Step {
        /// Its name.
        step: String,
        /// What is not the same there; nothing where it came to something else from the same.
        changes: Vec<Change>,
    },
    /// A fitted step that rows pass on the way, and that may reach more than its rows: nobody knows
    /// whether it does the same again.
    Granted {
        /// Its name.
        step: String,
    },
}

/// Explains the steps of a run, or one of them; the name of a step in a loop means all its
/// iterations.
///
/// # Errors
/// Those of [`RunRecord::read`], [`Error::NoRecord`] and [`Error::StepNotInRun`].
pub fn explain(store: &Store, run: RunId, step: Option<&str>) -> Result<Explanation> {
    let (row, record) = RunRecord::read(store, run)?;
    let Some(record) = record.filter(|record| !record.steps.is_empty()) else {
        let outcome = row.run.outcome;
        return Err(Error::NoRecord { run, outcome });
    };
    let mut history = History {
        store,
        rows: store.runs_of(&record.pipeline, Some(run), HISTORY)?,
        read: Vec::new(),
    };
    let wanted = record.steps.iter();
    let wanted = wanted.filter(|other| step.is_none_or(|step| is_meant(&other.name, step)));
    let steps = wanted.map(|step| StepExplanation {
        step: step.name.clone(),
        status: step.status,
        why: why(&record, step, &mut history),
    });
    let steps: Vec<_> = steps.collect();
    if let (Some(step), true) = (step, steps.is_empty()) {
        return Err(Error::StepNotInRun {
            run,
            step: step.to_owned(),
            known: written_names(record.steps.iter().map(|step| step.name.as_str())),
        });
    }
    Ok(Explanation {
        run,
        pipeline: record.pipeline,
        steps,
    })
}

/// Earlier runs of a pipeline, the latest first, each read when it is asked for.
struct History<'a> {
    store: &'a Store,
    rows: Vec<Run>,
    read: Vec<(RunId, Option<RunRecord>)>,
}

impl History<'_> {
    /// The latest run in which the step is as it should be.
    fn latest(
        &mut self,
        name: &str,
        fits: impl Fn(&StepRecord) -> bool,
    ) -> Option<(RunId, &RunRecord)> {
        let found = (0..self.rows.len()).find(|&position| {
            if position == self.read.len() {
                let id = self.rows[position].id;
                // One that was deleted, or is of another form, tells nothing.
                let record = RunRecord::read(self.store, id).ok();
                self.read.push((id, record.and_then(|(_, record)| record)));
            }
            let record = self.read[position].1.as_ref();
            record
                .and_then(|record| record.step(name))
                .is_some_and(&fits)
        })?;
        let (id, record) = &self.read[found];
        Some((*id, record.as_ref()?))
    }
}

fn why(record: &RunRecord, step: &StepRecord, history: &mut History<'_>) -> Why {
    if step.cached {
        let from = step.cached_from;
        return Why::Cached { from };
    }
    if step.again {
        let option = record.reuse.option().unwrap_or_default();
        return Why::Asked { option };
    }
    if !step.granted.is_empty() && step.status != StepStatus::Skipped {
        let granted = step.granted.clone();
        return Why::Granted { granted };
    }
    let Some(key) = &step.key else {
        return match (step.status, &step.skipped, &step.error) {
            (StepStatus::Skipped, Some(reason), _) => Why::Skipped {
                reason: reason.clone(),
            },
            (StepStatus::Failed, _, Some(error)) => Why::Failed {
                error: error.clone(),
            },
            (StepStatus::Cancelled, ..) => Why::Cancelled,
            _ => Why::Unknown,
        };
    };
    let is_same = |other: &StepRecord| other.key.as_ref().is_some_and(|k| k.digest == key.digest);
    if let Some((run, before)) = history.latest(&step.name, is_same) {
        let before = before.step(&step.name);
        let unfinished = [StepStatus::Failed, StepStatus::Cancelled];
        let failed = before.is_some_and(|before| unfinished.contains(&before.status));
        return match failed {
            true => Why::Unfinished { run },
            false => Why::Forgotten { run },
        };
    }
    match history.latest(&step.name, |other| other.key.is_some()) {
        None => Why::First,
        Some((since, before)) => Why::Changed {
            since,
            changes: step_changes(before, record, &step.name),
        },
    }
}

/// What decides the result of a step, and is not the same in two runs that came to it.
fn step_changes(before: &RunRecord, after: &RunRecord, name: &str) -> Vec<Change> {
    let (Some(left), Some(right)) = (before.step(name), after.step(name)) else {
        return vec![];
    };
    let mut found = Vec::new();
    if left.plugin.digest != right.plugin.digest {
        found.push(Change::Plugin {
            before: left.plugin.clone(),
            after: right.plugin.clone(),
        });
    }
    let changes = changes::values(&left.params, &right.params);
    if !changes.is_empty() {
        found.push(Change::Params { changes });
    }
    let versions = changes::versions(&before.versions, &after.versions);
    found.extend(versions.into_iter().map(Change::Version));
    if let (Some(left), Some(right)) = (&left.key, &right.key) {
        input_changes((before, left), (after, right), &mut found);
    }
    found
}

fn input_changes(
    (before, left): (&RunRecord, &StepKey),
    (after, right): (&RunRecord, &StepKey),
    found: &mut Vec<Change>,
) {
    let named = |key: &StepKey, name: &str| -> Option<InputRecord> {
        key.inputs.iter().find(|input| input.name == name).cloned()
    };
    let gone = left.inputs.iter();
    let gone = gone.filter(|input| named(right, &input.name).is_none());
    let mut steps: Vec<&String> = Vec::new();
    for input in right.inputs.iter().chain(gone) {
        let (was, is) = (named(left, &input.name), named(right, &input.name));
        let (Some(was), Some(is)) = (&was, &is) else {
            found.push(Change::Input {
                name: input.name.clone(),
                before: was,
                after: is,
            });
            continue;
        };
        if was.table != is.table || was.steps != is.steps || was.model != is.model {
            found.push(Change::Input {
                name: input.name.clone(),
                before: Some(was.clone()),
                after: Some(is.clone()),
            });
        } else if was.rows != is.rows {
            for change in row_changes(before, after, data_name(&is.table)) {
                if !found.contains(&change) {
                    found.push(change);
                }
            }
        }
        let new = input.steps.iter().filter(|step| was.steps.contains(step));
        steps.extend(new);
    }
    steps.dedup();
    for step in steps {
        let (Some(was), Some(is)) = (before.step(step), after.step(step)) else {
            continue;
        };
        let step = step.clone();
        let is_same_work = was.plugin.digest == is.plugin.digest && was.params == is.params;
        if is_same_work && !is.granted.is_empty() {
            found.push(Change::Granted { step });
            continue;
        }
        if is_same_work && was.states == is.states {
            continue;
        }
        let changes = step_changes(before, after, &step);
        if changes.is_empty() {
            found.push(Change::Step { step, changes });
            continue;
        }
        // A cause that several steps have in common is told once.
        let changes: Vec<_> = changes
            .into_iter()
            .filter(|change| !is_told(change, found))
            .collect();
        if !changes.is_empty() {
            found.push(Change::Step { step, changes });
        }
    }
}

/// Whether a change is among others, or among what they follow from.
fn is_told(change: &Change, others: &[Change]) -> bool {
    match change {
        Change::Step { step, changes } if changes.is_empty() => mentions(others, step),
        Change::Step { changes, .. } => changes.iter().all(|change| is_told(change, others)),
        change => others.iter().any(|other| match other {
            Change::Step { changes, .. } => is_told(change, changes),
            other => other == change,
        }),
    }
}

/// Whether one of these changes, or one that it follows from, is that of a step.
fn mentions(others: &[Change], name: &str) -> bool {
    others.iter().any(|other| match other {
        Change::Step { step, changes } => step == name || mentions(changes, name),
        _ => false,
    })
}

/// Why the rows of a table are not the same.
fn row_changes(before: &RunRecord, after: &RunRecord, data: &str) -> Vec<Change> {
    let selection = |record: &RunRecord| {
        let selection = record.selections.get(data);
        let json = selection.and_then(|selection| serde_json::to_value(selection).ok());
        json.unwrap_or_else(|| serde_json::json!({}))
    };
    let mut found = Vec::new();
    let (left, right) = (Files::of(before, data), Files::of(after, data));
    found.extend(changes::files(data, left, right).map(Change::Data));
    let changes = changes::values(&selection(before), &selection(after));
    let data = data.to_owned();
    if !changes.is_empty() {
        found.push(Change::Selection { data, changes });
    } else if found.is_empty() {
        found.push(Change::Reading { data });
    }
    found
}
