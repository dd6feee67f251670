//! How two runs differ: parameters, packages, data, metrics, outcome.

use std::collections::BTreeMap;

use mlhost_sandbox::Metric;
use mlhost_store::{RunId, RunOutcome, Store};
use serde::Serialize;

use super::changes::{self, Files, FilesChange, ValueChange, VersionChange};
use crate::{PatchRecord, PluginRecord, RegisteredModel, Result, RunRecord};

/// How one run differs from another. What is the same on both sides is left out, except for the
/// headline numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunDiff {
    /// The run that is compared with.
    pub before: RunSide,
    /// The run that is compared.
    pub after: RunSide,
    /// What was put over the pipeline file of one of them only.
    pub patches: PatchDiff,
    /// Parameters of the pipeline, and its seed.
    pub params: Vec<ValueChange>,
    /// Parameters of steps, by step.
    pub steps: Vec<StepParams>,
    /// The plugins of steps.
    pub packages: Vec<PackageChange>,
    /// Host, contract and wasmtime.
    pub versions: Vec<VersionChange>,
    /// Files with another content.
    pub data: Vec<FilesChange>,
    /// Which rows and columns of the files are taken.
    pub selections: Vec<ValueChange>,
    /// What was measured.
    pub metrics: Vec<MetricChange>,
}

/// One of two runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunSide {
    /// Its number.
    pub run: RunId,
    /// Its pipeline.
    pub pipeline: String,
    /// How it ended.
    pub outcome: RunOutcome,
    /// The same in one line.
    pub summary: Option<String>,
    /// Wall time.
    pub seconds: f64,
    /// What it registered.
    pub models: Vec<RegisteredModel>,
}

/// The patches that only one of two runs has, in the order in which they were applied.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PatchDiff {
    /// Those of the run that is compared with.
    pub before: Vec<PatchRecord>,
    /// Those of the other run.
    pub after: Vec<PatchRecord>,
}

/// The parameters of a step that differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepParams {
    /// The step.
    pub step: String,
    /// Which parameters, and how.
    pub changes: Vec<ValueChange>,
}

/// A step with another plugin, or one that only one of the runs came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackageChange {
    /// The step.
    pub step: String,
    /// What it was.
    pub before: Option<PluginRecord>,
    /// What it is.
    pub after: Option<PluginRecord>,
}

/// A number that both runs measured, or one of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricChange {
    /// The step that measured it.
    pub step: String,
    /// What was measured.
    pub name: String,
    /// On what: a column, a class, a model; empty for a headline number.
    pub labels: BTreeMap<String, String>,
    /// What it was.
    pub before: Option<f64>,
    /// What it is.
    pub after: Option<f64>,
    /// By how much it is more.
    pub difference: Option<f64>,
}

impl MetricChange {
    /// Whether it stands for the whole, or for a whole model.
    pub fn is_headline(&self) -> bool {
        self.labels.keys().all(|label| label == "model")
    }
}

/// How the run `after` differs from the run `before`. They may be of different pipelines.
///
/// # Errors
/// Those of [`RunRecord::read`].
pub fn diff(store: &Store, before: RunId, after: RunId) -> Result<RunDiff> {
    let (before, left) = side(store, before)?;
    let (after, right) = side(store, after)?;
    Ok(RunDiff {
        before,
        after,
        patches: PatchDiff {
            before: only_in(&left, &right),
            after: only_in(&right, &left),
        },
        params: params(&left, &right),
        steps: step_params(&left, &right),
        packages: packages(&left, &right),
        versions: changes::versions(&left.versions, &right.versions),
        data: data(&left, &right),
        selections: changes::values(
            &serde_json::to_value(&left.selections)?,
            &serde_json::to_value(&right.selections)?,
        ),
        metrics: metrics(&left, &right),
    })
}

fn side(store: &Store, run: RunId) -> Result<(RunSide, RunRecord)> {
    let (stored, record) = RunRecord::read(store, run)?;
    let record = record.unwrap_or_default();
    let side = RunSide {
        run,
        pipeline: stored.run.pipeline,
        outcome: stored.run.outcome,
        summary: stored.run.summary,
        seconds: record.seconds,
        models: record.models.clone(),
    };
    Ok((side, record))
}

fn only_in(record: &RunRecord, other: &RunRecord) -> Vec<PatchRecord> {
    let patches = record.patches.iter();
    let only = patches.filter(|patch| !other.patches.contains(patch));
    only.cloned().collect()
}

fn params(left: &RunRecord, right: &RunRecord) -> Vec<ValueChange> {
    let mut found = changes::values(&left.params, &right.params);
    if left.seed != right.seed {
        found.push(ValueChange {
            at: "seed".to_owned(),
            before: Some(left.seed.into()),
            after: Some(right.seed.into()),
        });
    }
    found
}

/// The names of the steps of both.
fn step_names<'a>(left: &'a RunRecord, right: &'a RunRecord) -> Vec<&'a str> {
    let added = right.steps.iter();
    let added = added.filter(|step| left.step(&step.name).is_none());
    let names = left.steps.iter().chain(added);
    names.map(|step| step.name.as_str()).collect()
}

fn step_params(left: &RunRecord, right: &RunRecord) -> Vec<StepParams> {
    let both = step_names(left, right).into_iter().filter_map(|name| {
        let changes = changes::values(&left.step(name)?.params, &right.step(name)?.params);
        let step = name.to_owned();
        (!changes.is_empty()).then_some(StepParams { step, changes })
    });
    both.collect()
}

fn packages(left: &RunRecord, right: &RunRecord) -> Vec<PackageChange> {
    let plugin = |record: &RunRecord, name: &str| -> Option<PluginRecord> {
        record.step(name).map(|step| step.plugin.clone())
    };
    let changes = step_names(left, right)
        .into_iter()
        .map(|name| PackageChange {
            step: name.to_owned(),
            before: plugin(left, name),
            after: plugin(right, name),
        });
    changes
        .filter(|change| change.before != change.after)
        .collect()
}

fn data(left: &RunRecord, right: &RunRecord) -> Vec<FilesChange> {
    let added = right.data.keys();
    let added = added.filter(|name| !left.data.contains_key(*name));
    let names = left.data.keys().chain(added);
    names
        .filter_map(|name| changes::files(name, Files::of(left, name), Files::of(right, name)))
        .collect()
}

fn metrics(left: &RunRecord, right: &RunRecord) -> Vec<MetricChange> {
    let of = |record: &RunRecord, step: &str| -> Vec<Metric> {
        let outcome = record.step(step).and_then(|step| step.outcome.clone());
        outcome.map(|outcome| outcome.metrics).unwrap_or_default()
    };
    let mut found = Vec::new();
    for step in step_names(left, right) {
        let (before, after) = (of(left, step), of(right, step));
        let is = |metric: &Metric, other: &Metric| {
            metric.name == other.name && metric.labels == other.labels
        };
        let gone = before
            .iter()
            .filter(|metric| !after.iter().any(|other| is(metric, other)));
        for metric in after.iter().chain(gone) {
            let value = |metrics: &[Metric]| -> Option<f64> {
                metrics.iter().find(|other| is(metric, other))?.value
            };
            let (before, after) = (value(&before), value(&after));
            let change = MetricChange {
                step: step.to_owned(),
                name: metric.name.clone(),
                labels: metric.labels.clone(),
                before,
                after,
                difference: before.zip(after).map(|(before, after)| after - before),
            };
            if change.is_headline() || change.before != change.after {
                found.push(change);
            }
        }
    }
    found
}
