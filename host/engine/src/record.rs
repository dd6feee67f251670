//! What a run leaves behind: one small record that points at everything else.

use std::collections::BTreeMap;

use mlhost_pipeline::{Gate, Kind, Selection};
use mlhost_sandbox::Outcome;
use mlhost_store::Store;
use serde::Serialize;
use serde_json::Value;

use crate::Result;

/// The record of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunRecord {
    /// The pipeline's name.
    pub pipeline: String,
    /// The parameters with their overrides.
    pub params: Value,
    /// The seed.
    pub seed: u64,
    /// The versions of host, contract and wasmtime.
    pub versions: BTreeMap<String, String>,
    /// What was read, by the name of the data.
    pub data: BTreeMap<String, Vec<FileRecord>>,
    /// What was taken of it, where that was not everything, with every seed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub selections: BTreeMap<String, Selection>,
    /// The steps, in the order in which they ended.
    pub steps: Vec<StepRecord>,
    /// The models that were registered.
    pub models: Vec<RegisteredModel>,
    /// Wall time of all steps.
    pub seconds: f64,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileRecord {
    /// Its path as the run found it.
    pub path: String,
    /// SHA-256 of its content.
    pub digest: String,
    /// How many rows it has, where the format says so.
    pub rows: Option<u64>,
    /// Its size in bytes.
    pub bytes: u64,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StepStatus {
    /// It did its work, and its gate let it pass.
    Done,
    /// Its validation or its gate said no.
    Refused,
    /// It could not do its work.
    Failed,
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepRecord {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Its plugin.
    pub plugin: PluginRecord,
    /// The parameters as the plugin got them.
    pub params: Value,
    /// How it ended.
    pub status: StepStatus,
    /// Whether an earlier run had done the same, so that nothing was computed.
    pub cached: bool,
    /// Rows it read.
    pub rows: u64,
    /// Bytes that these rows take in memory, of the columns that were read.
    pub bytes: u64,
    /// Wall time.
    pub seconds: f64,
    /// What it has learned, one state for each dataset or model it looked at.
    pub states: Vec<StateRecord>,
    /// What it reported.
    pub outcome: Option<Outcome>,
    /// What its gates decided.
    pub gates: Vec<GateRecord>,
    /// Why it failed.
    pub error: Option<String>,
}

/// A plugin in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PluginRecord {
    /// `namespace:name`, or its own name when it is no package.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Digest of the component.
    pub digest: String,
}

impl std::fmt::Display for PluginRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}@{version}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A state in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateRecord {
    /// What it is a state of: `data`, `reference`, `current`, or a model's name.
    pub name: String,
    /// Digest of the blob.
    pub digest: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What a gate decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GateRecord {
    /// What it demands.
    #[serde(flatten)]
    pub gate: Gate,
    /// What was measured.
    pub value: Option<f64>,
    /// Whether that will do.
    pub passed: bool,
}

/// A model version that a run registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegisteredModel {
    /// The name it is registered under.
    pub name: String,
    /// The version.
    pub version: u32,
    /// Digest of `model.json`.
    pub digest: String,
    /// False when the same model had been registered before.
    pub new: bool,
}

/// The fields of a step that are the same whenever it comes to the same.
const SHARED: [&str; 6] = ["kind", "plugin", "params", "states", "outcome", "gates"];

impl RunRecord {
    /// The record as it is kept: what it shares with those of other runs is set apart.
    pub(crate) fn to_kept(&self, store: &Store) -> Result<Value> {
        let mut value = serde_json::to_value(self)?;
        for step in value["steps"].as_array_mut().into_iter().flatten() {
            store.set_apart(step, &SHARED)?;
        }
        store.set_apart(&mut value, &["data", "selections"])?;
        Ok(value)
    }
}
