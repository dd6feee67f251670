//! What came of making a model again: the same model, or the first thing that is not the same.

use std::collections::BTreeMap;

use mlhost_data::ChangedPlace;
use mlhost_sandbox::Outcome;
use mlhost_store::{Digest, Model, Outcome as RunOutcome, RunId, Store};
use serde::Serialize;
use serde_json::Value;

use super::{
    changes::{self, ValueChange, VersionChange},
    lineage::Lineage,
};
use crate::{Error, PluginRecord, RegisteredModel, Result, RunOptions, RunReport, StepRecord};

/// What came of making a model again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reproduction {
    /// The model, `name@version`.
    pub model: String,
    /// The digest that is its identity.
    pub digest: Digest,
    /// The run that registered it; none if it was imported.
    pub run: Option<RunId>,
    /// Whether the same model came out, bit for bit.
    pub identical: bool,
    /// Whether its metrics are as recorded because they could not be measured again: an imported
    /// model comes without the evaluators of its run.
    pub metrics_unchecked: bool,
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
    /// A registered model that a step has read is not in the store.
    ModelMissing {
        /// The step that reads it.
        step: String,
        /// The version, `name@version`.
        model: String,
        /// What the store said.
        reason: String,
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
        /// Where in the file, as near as that is known; all of it if there is none.
        places: Vec<ChangedPlace>,
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
    /// A step could reach more than its rows when the model was made, which need not be as it was.
    Granted {
        /// The step.
        step: String,
        /// What it could reach, each in a few words.
        granted: Vec<String>,
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
    /// The same options, with the overrides of parameters that the run was made with, and with its
    /// faults: what has failed decides what a pipeline does instead.
    #[must_use]
    pub fn options(&self, options: RunOptions) -> RunOptions {
        RunOptions {
            given: self.record.given.clone(),
            faults: self.record.faults.clone(),
            ..options
        }
    }

    /// What came of a run that was [prepared](Lineage::prepare) with this store.
    ///
    /// # Errors
    /// When the model of the run cannot be read from the store.
    pub fn compare(&self, report: &RunReport, store: &Store) -> Result<Reproduction> {
        // Under its own name: an imported model may have another one here.
        let recorded = &self.model.model;
        let mut models = report.record.models.iter();
        let made = models.find(|model| model.name == recorded.name);
        let read = |made: &RegisteredModel| -> Result<Model> {
            let json = store.blobs().get(&made.digest.parse()?)?;
            Ok(Model::from_json(&json)?)
        };
        let mut made = made.map(read).transpose()?;
        if let Some(made) = &mut made {
            self.as_recorded(made);
        }
        let is_same = |made: &Model| Ok::<_, Error>(made.digest()? == self.model.digest);
        if made.as_ref().map(is_same).transpose()? == Some(true) {
            let mut same = self.reproduction(vec![]);
            same.identical = true;
            return Ok(same);
        }
        let mut differences = self.granted();
        let granted = differences.len();
        differences.extend(self.first_step_that_differs(report));
        if differences.len() == granted {
            differences.push(match made {
                Some(made) => Difference::Model {
                    changes: changes::values(
                        &serde_json::to_value(recorded)?,
                        &serde_json::to_value(&made)?,
                    ),
                },
                None => Difference::StepStopped {
                    step: self.last_step(),
                    reason: report.summary.clone(),
                },
            });
        }
        Ok(self.reproduction(differences))
    }

    /// Takes over from the recorded model what is no difference: the names of files with the same
    /// content, and metrics that nobody could measure again.
    fn as_recorded(&self, made: &mut Model) {
        let recorded = &self.model.model;
        for (made, recorded) in made.data.iter_mut().zip(&recorded.data) {
            for (made, recorded) in made.files.iter_mut().zip(&recorded.files) {
                if made.digest == recorded.digest {
                    made.name.clone_from(&recorded.name);
                }
            }
        }
        if self.run.is_none() {
            made.metrics.clone_from(&recorded.metrics);
        }
    }

    pub(super) fn reproduction(&self, differences: Vec<Difference>) -> Reproduction {
        Reproduction {
            model: format!("{}@{}", self.model.name, self.model.version),
            digest: self.model.digest,
            run: self.run,
            identical: false,
            metrics_unchecked: self.run.is_none() && !self.model.model.metrics.is_empty(),
            differences,
            versions: self.versions(),
        }
    }

    /// The steps that could reach more than their rows.
    fn granted(&self) -> Vec<Difference> {
        let steps = self.record.steps.iter();
        let granted = steps.filter(|step| !step.granted.is_empty());
        let granted = granted.map(|step| Difference::Granted {
            step: step.name.clone(),
            granted: step.granted.clone(),
        });
        granted.collect()
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
                None if report.outcome != RunOutcome::Done => continue,
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
    let json = |outcome: &Outcome| serde_json::to_value(outcome).unwrap_or_default();
    let found = found.outcome.as_ref().map(json).unwrap_or_default();
    // Of an imported model it is not known what its steps have reported.
    let recorded = recorded.outcome.as_ref().map(json);
    let changes = recorded.map(|recorded| as_kept(&recorded, &found));
    if let Some(changes) = changes.filter(|changes| !changes.is_empty()) {
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
