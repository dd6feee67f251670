//! What came of making a model again: the same model, or the first thing that is not the same.

use std::collections::BTreeMap;

use mlhost_store::{Digest, Outcome, RunId, Store};
use serde::Serialize;
use serde_json::Value;

use super::{
    changes::{self, ValueChange, VersionChange},
    lineage::Lineage,
};
use crate::{PluginRecord, Result, RunOptions, RunReport, StepRecord};

/// What came of making a model again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reproduction {
    /// The model, `name@version`.
    pub model: String,
    /// The digest that is its identity.
    pub digest: Digest,
    /// The run that registered it.
    pub run: RunId,
    /// Whether the same model came out, bit for bit.
    pub identical: bool,
    /// What is not the same: all that was missing beforehand, or that of the first step that
    /// differs.
    pub differences: Vec<Difference>,
    /// The versions that are not those of the run.
    pub versions: Vec<VersionChange>,
}

/// Something that is not as it was when the model was made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "difference", rename_all = "kebab-case")]
pub enum Difference {
    /// A component is not in the store.
    PackageMissing {
        /// The step that needs it.
        step: String,
        /// The plugin.
        plugin: PluginRecord,
    },
    /// A file cannot be read.
    DataMissing {
        /// The name of the data.
        data: String,
        /// The first step that reads it.
        step: Option<String>,
        /// Where it was looked for.
        path: String,
        /// The digest of what the run has read.
        recorded: String,
        /// What the system said.
        reason: String,
    },
    /// A file has another content.
    DataChanged {
        /// The name of the data.
        data: String,
        /// The first step that reads it.
        step: Option<String>,
        /// Where it is.
        path: String,
        /// The digest of what the run has read.
        recorded: String,
        /// The digest of what is there now.
        found: String,
    },
    /// Data that was moved has more files or fewer.
    OtherFiles {
        /// The name of the data.
        data: String,
        /// The first step that reads it.
        step: Option<String>,
        /// What the run has read.
        recorded: Vec<String>,
        /// What is there.
        found: Vec<String>,
    },
    /// A step did not get as far as it did.
    StepStopped {
        /// The step.
        step: String,
        /// Why.
        reason: String,
    },
    /// A step has other parameters.
    StepParams {
        /// The step.
        step: String,
        /// Which, and how.
        changes: Vec<ValueChange>,
    },
    /// A step has learned something else from the same.
    StepState {
        /// The step.
        step: String,
        /// Of what.
        state: String,
        /// The digest of what the run has learned.
        recorded: Option<String>,
        /// The digest of what was learned now.
        found: Option<String>,
    },
    /// A step has reported something else on the same.
    StepOutcome {
        /// The step.
        step: String,
        /// Where in its outcome.
        changes: Vec<ValueChange>,
    },
    /// Every step is the same, and the model is not.
    Model {
        /// Where in `model.json`.
        changes: Vec<ValueChange>,
    },
}

impl Lineage {
    /// With which overrides of parameters the run was made, for the record of the next, and with
    /// which faults: what has failed decides what a pipeline does instead.
    pub fn options(&self) -> RunOptions {
        RunOptions {
            given: self.record.given.clone(),
            faults: self.record.faults.clone(),
            ..RunOptions::default()
        }
    }

    /// What came of a run that was [prepared](Lineage::prepare) with this store.
    ///
    /// # Errors
    /// When the model of the run cannot be read from the store.
    pub fn compare(&self, report: &RunReport, store: &Store) -> Result<Reproduction> {
        let mut models = report.record.models.iter();
        let made = models.find(|model| model.name == self.model.name);
        if made.is_some_and(|made| made.digest == self.model.digest.to_string()) {
            let mut same = self.reproduction(vec![]);
            same.identical = true;
            return Ok(same);
        }
        let mut differences = self.first_step_that_differs(report);
        if differences.is_empty() {
            differences.push(match made {
                Some(made) => {
                    let json = store.blobs().get(&made.digest.parse()?)?;
                    let found: Value = serde_json::from_slice(&json)?;
                    let recorded = serde_json::to_value(&self.model.model)?;
                    Difference::Model {
                        changes: changes::values(&recorded, &found),
                    }
                }
                None => Difference::StepStopped {
                    step: self.last_step(),
                    reason: report.summary.clone(),
                },
            });
        }
        Ok(self.reproduction(differences))
    }

    pub(super) fn reproduction(&self, differences: Vec<Difference>) -> Reproduction {
        Reproduction {
            model: format!("{}@{}", self.model.name, self.model.version),
            digest: self.model.digest,
            run: self.run,
            identical: false,
            differences,
            versions: self.versions(),
        }
    }

    fn last_step(&self) -> String {
        let last = self.record.steps.last();
        last.map(|step| step.name.clone()).unwrap_or_default()
    }

    fn first_step_that_differs(&self, report: &RunReport) -> Vec<Difference> {
        for recorded in &self.record.steps {
            let differences = match report.record.step(&recorded.name) {
                Some(found) => step_differences(recorded, found),
                // It waited for a step after it in the list.
                None if report.outcome != Outcome::Done => continue,
                None => vec![Difference::StepStopped {
                    step: recorded.name.clone(),
                    reason: report.summary.clone(),
                }],
            };
            if !differences.is_empty() {
                return differences;
            }
        }
        vec![]
    }
}

fn step_differences(recorded: &StepRecord, found: &StepRecord) -> Vec<Difference> {
    let step = recorded.name.clone();
    if let Some(error) = &found.error {
        let reason = error.clone();
        return vec![Difference::StepStopped { step, reason }];
    }
    let mut differences = Vec::new();
    let changes = as_kept(&recorded.params, &found.params);
    if !changes.is_empty() {
        let step = step.clone();
        differences.push(Difference::StepParams { step, changes });
    }
    let states = |record: &StepRecord| -> BTreeMap<String, String> {
        let states = record.states.iter();
        states
            .map(|state| (state.name.clone(), state.digest.clone()))
            .collect()
    };
    let (before, after) = (states(recorded), states(found));
    for (name, digest) in &before {
        if after.get(name) != Some(digest) {
            differences.push(Difference::StepState {
                step: step.clone(),
                state: name.clone(),
                recorded: Some(digest.clone()),
                found: after.get(name).cloned(),
            });
        }
    }
    let json = |record: &StepRecord| serde_json::to_value(&record.outcome).unwrap_or_default();
    let changes = as_kept(&json(recorded), &json(found));
    if !changes.is_empty() {
        differences.push(Difference::StepOutcome { step, changes });
    }
    differences
}

/// Where a value that was kept differs from one that was not yet: canonical JSON has but one form
/// of each number.
fn as_kept(kept: &Value, fresh: &Value) -> Vec<ValueChange> {
    let canonical = mlhost_store::canonical_json(fresh);
    let fresh = canonical
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok());
    changes::values(kept, &fresh.unwrap_or_default())
}
