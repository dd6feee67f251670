//! What the gates of a run decided on one model: for the version, and for whoever asks why an alias
//! was moved to it.

use mlhost_pipeline::Rival;
use serde_json::{Value, json};

use crate::{ComparedWith, GateRecord, Result, RunRecord, workshop::Workshop};

/// The gates of the steps that scored a model or looked at its predictions, each with its step.
pub(crate) struct Decided<'a>(Vec<(&'a str, &'a GateRecord)>);

impl<'a> Decided<'a> {
    /// The gates of the steps that read the model of a step, in the order of the plan.
    pub(crate) fn on(workshop: &Workshop, record: &'a RunRecord, model: &str) -> Self {
        let means = |scored: &str| workshop.means(scored, model);
        let scored = workshop
            .plan
            .steps
            .iter()
            .filter(|step| step.work.models().any(means));
        let records =
            scored.filter_map(|step| record.steps.iter().find(|record| record.name == step.name));
        let gates = records.flat_map(|record| {
            let gates = record.gates.iter();
            gates.map(|gate| (record.name.as_str(), gate))
        });
        Self(gates.collect())
    }

    /// What is kept with the version.
    pub(crate) fn to_json(&self) -> Result<Vec<Value>> {
        let gate = |(step, gate): &(&str, &GateRecord)| {
            let mut json = serde_json::to_value(gate)?;
            json["step"] = json!(step);
            Ok(json)
        };
        self.0.iter().map(gate).collect()
    }

    /// The same in one line.
    pub(crate) fn reason(&self) -> String {
        if self.0.is_empty() {
            return "registered".to_owned();
        }
        let gate = |(step, gate): &(&str, &GateRecord)| {
            let compared = gate.comparison.as_ref();
            let compared = compared.map(|compared| format!(": {}", compared.summary));
            format!("{step}: {}{}", gate.summary, compared.unwrap_or_default())
        };
        self.0.iter().map(gate).collect::<Vec<_>>().join("; ")
    }

    /// The version that an alias stood for when a gate compared with it, if one did.
    pub(crate) fn compared_with(&self, model: &str, alias: &str) -> Option<Option<u32>> {
        self.0.iter().find_map(|(_, record)| {
            let rival = &record.gate.better_than.as_ref()?.rival;
            let Rival::Model { name, version } = rival else {
                return None;
            };
            if version != alias || name.as_ref().is_some_and(|name| name != model) {
                return None;
            }
            match &record.comparison.as_ref()?.with {
                ComparedWith::Version { version, .. } | ComparedWith::Same { version, .. } => {
                    Some(Some(*version))
                }
                ComparedWith::Nothing { .. } => Some(None),
                ComparedWith::Baseline { .. } => None,
            }
        })
    }
}
