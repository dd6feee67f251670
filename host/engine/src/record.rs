//! What a run leaves behind: one small record that points at everything else.

use std::collections::BTreeMap;

use mlhost_data::Pieces;
use mlhost_pipeline::{Faults, Kind, Pipeline, Selection, Source, parse_with};
use mlhost_sandbox::{Outcome, Plugin};
use mlhost_store::{Run, RunId, Store, StoredRun};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Curve, Error, GateRecord, NotificationRecord, PatchRecord, Result, Reuse, TriggerRecord,
    schedule::LoopOutcome,
};

/// The record of a run. Of a run that has not ended, it says what was known at its beginning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunRecord {
    /// The pipeline's name.
    pub pipeline: String,
    /// The experiment that its models enter, if it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment: Option<String>,
    /// The folder of the pipeline, from the root: paths of data are relative to it.
    pub folder: String,
    /// The name of the pipeline's file there.
    pub file: String,
    /// The parameters with their overrides.
    pub params: Value,
    /// The overrides, as they were typed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<String, String>,
    /// What was put over the file, in the order in which it was applied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patches: Vec<PatchRecord>,
    /// The texts of the files that the pipeline includes, by their paths from its folder.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub included: BTreeMap<String, String>,
    /// What might be taken from the cache.
    #[serde(skip_serializing_if = "Reuse::is_everything")]
    pub reuse: Reuse,
    /// What was to go wrong in it, because somebody wanted to see what follows.
    #[serde(skip_serializing_if = "Faults::is_empty")]
    pub faults: Faults,
    /// The run that it has picked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumes: Option<RunId>,
    /// What has started it, where nobody did by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<TriggerRecord>,
    /// The seed.
    pub seed: u64,
    /// The versions of host, contract and wasmtime.
    pub versions: BTreeMap<String, String>,
    /// What was read, by the name of the data.
    pub data: BTreeMap<String, Vec<FileRecord>>,
    /// Digests of the pieces of each file of it, by which it can be told later where one has changed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub pieces: BTreeMap<String, Vec<Option<Pieces>>>,
    /// What was taken of it, where that was not everything, with every seed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub selections: BTreeMap<String, Selection>,
    /// The steps that it has come to, in the order of the plan.
    pub steps: Vec<StepRecord>,
    /// What became of the loops.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loops: Vec<LoopOutcome>,
    /// The models that were registered.
    pub models: Vec<RegisteredModel>,
    /// Who was told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notifications: Vec<NotificationRecord>,
    /// Wall time of all steps.
    pub seconds: f64,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its path, relative to the folder of the pipeline if it is in there.
    pub path: String,
    /// SHA-256 of its content; of a remote file that was not read as a whole, that of its address and
    /// of the version that the server gave.
    pub digest: String,
    /// How many rows it has, where the format says so.
    pub rows: Option<u64>,
    /// Its size in bytes.
    pub bytes: u64,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepStatus {
    /// It did its work, and its gate let it pass.
    Done,
    /// Its validation or its gate said no.
    Refused,
    /// It could not do its work.
    Failed,
    /// It had nothing to do: a condition was false, or a step that it needs was not done.
    Skipped,
    /// It was given up, because the run was cancelled or another step had failed.
    Cancelled,
}

impl StepStatus {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }
}

impl std::fmt::Display for StepStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// An attempt at a step that failed, and was followed by another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// Why it failed.
    pub error: String,
    /// Wall time.
    pub seconds: f64,
    /// The wait after it, in seconds.
    pub waited: f64,
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Which run that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_from: Option<RunId>,
    /// How many rows that run read for it; conditions ask for these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_rows: Option<u64>,
    /// Whether it was to be done even if an earlier run had done the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// What decides its result besides plugin, parameters and versions; none where it failed
    /// before that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<StepKey>,
    /// Rows it read.
    pub rows: u64,
    /// Bytes that these rows take in memory, of the columns that were read.
    pub bytes: u64,
    /// Wall time, without the wait for a free thread.
    pub seconds: f64,
    /// What it has learned, one state for each dataset or model it looked at.
    pub states: Vec<StateRecord>,
    /// What it reported.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// What changed while it trained.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<Curve>,
    /// What its gates decided.
    pub gates: Vec<GateRecord>,
    /// Why it failed.
    pub error: Option<String>,
    /// Why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// The attempts before the last one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<AttemptRecord>,
    /// What its plugin could reach beside its rows, each in a few words: then it may never come to the
    /// same again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub granted: Vec<String>,
    /// The values of the variables of the loop that it is an iteration of.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub each: Map<String, Value>,
}

impl StepRecord {
    /// The model that has predicted what a drift step has compared: a step of the pipeline, or a
    /// registered version.
    pub fn predicted_by(&self) -> Option<&str> {
        let mut inputs = self.key.iter().flat_map(|key| &key.inputs);
        inputs.find_map(|input| input.model.as_deref())
    }
}

/// The inputs among the things that decide what a step comes to. The others are its plugin, its
/// parameters and the versions of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepKey {
    /// A digest of all of them: steps with equal digests come to the same.
    pub digest: String,
    /// What it reads.
    pub inputs: Vec<InputRecord>,
}

/// Something that a step reads: raw rows, and the fitted steps that they pass on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRecord {
    /// What it is to the step: `data`, `reference`, `current`, or the name of a model.
    pub name: String,
    /// The data, or the side of its split, that the rows come from.
    pub table: String,
    /// Digest of all that decides these rows: files, how they are read, selection.
    pub rows: String,
    /// The fitted steps. What they do follows from their plugins, parameters and states.
    pub steps: Vec<String>,
    /// The model that has predicted the rows for a drift detector: a step, or a registered version
    /// with its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// A plugin in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginRecord {
    /// `namespace:name`, or its own name when it is no package.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Digest of the component.
    pub digest: String,
}

impl PluginRecord {
    /// What is written down of a plugin.
    pub(crate) fn of(plugin: &Plugin) -> Self {
        let name = plugin.name();
        Self {
            name: name.name,
            version: name.version,
            digest: plugin.digest().to_owned(),
        }
    }
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateRecord {
    /// What it is a state of: `data`, `reference`, `current`, or a model's name.
    pub name: String,
    /// Digest of the blob.
    pub digest: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A model version that a run registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredModel {
    /// The name it is registered under.
    pub name: String,
    /// The version.
    pub version: u32,
    /// Digest of `model.json`.
    pub digest: String,
    /// False when the same model had been registered before.
    pub new: bool,
    /// The alias that was moved to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The version that the alias stood for before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u32>,
}

/// The fields of a step that are the same whenever it comes to the same.
const SHARED: [&str; 8] = [
    "kind", "plugin", "params", "key", "states", "outcome", "curves", "gates",
];

impl RunRecord {
    /// The record of a run, with its row; none for a run of which nothing is known.
    ///
    /// # Errors
    /// Those of [`Store::run`], and [`Error::UnreadableRecord`].
    pub fn read(store: &Store, run: RunId) -> Result<(StoredRun, Option<Self>)> {
        let mut stored = store.run(run)?;
        let record = stored.record.take().map(serde_json::from_value);
        let unreadable = |source| Error::UnreadableRecord { run, source };
        Ok((stored, record.transpose().map_err(unreadable)?))
    }

    /// The record as it is kept: what it has in common with the records of other runs is set apart.
    pub(crate) fn to_kept(&self, store: &Store) -> Result<Value> {
        let mut value = serde_json::to_value(self)?;
        let steps = value["steps"].as_array_mut();
        store.set_apart_each(steps.into_iter().flatten(), &SHARED)?;
        let shared = ["included", "data", "pieces", "selections", "patches"];
        store.set_apart(&mut value, &shared)?;
        Ok(value)
    }

    /// The pipeline that ran, with everything that was put over its file.
    ///
    /// # Errors
    /// When its text is not in the store, or this host would not take it.
    pub fn pipeline(&self, store: &Store, run: &Run) -> Result<Pipeline> {
        let text = store.blobs().get(&run.pipeline_digest)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let source = Source::new(self.file.as_str(), text);
        Ok(parse_with(source, &self.overrides())?)
    }

    /// The step of this name.
    pub fn step(&self, name: &str) -> Option<&StepRecord> {
        self.steps.iter().find(|step| step.name == name)
    }
}
