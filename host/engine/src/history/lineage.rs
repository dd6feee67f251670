//! What a model was made from, brought together again: the text of its pipeline with the
//! patches and parameters of the run, the components from the store, and the data where it was.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use mlhost_data::ChangedPlace;
use mlhost_pipeline::{Pipeline, Scheme};
use mlhost_store::{Digest, RunId, Selector, Store, StoredModel};

use super::{
    changes, imported,
    reproduction::{Difference, Reproduction},
};
use crate::{
    Checked, Engine, Error, FileRecord, FittedModel, Result, RunRecord, Supplies, opened,
    provenance, with_causes,
};

/// What a model version was made from, as the record of its run has it; of one that was imported,
/// as far as `model.json` tells.
pub struct Lineage {
    pub(super) model: StoredModel,
    /// None if it was imported.
    pub(super) run: Option<RunId>,
    pub(super) record: RunRecord,
    pipeline: Pipeline,
}

impl Lineage {
    /// Reads the lineage of a model version.
    ///
    /// # Errors
    /// Those of [`Store::model`] and [`RunRecord::read`], and [`Error::NoLineage`] when the run
    /// has kept too little.
    pub fn read(store: &Store, model: &Selector) -> Result<Self> {
        let model = store.model(model)?;
        let name = format!("{}@{}", model.name, model.version);
        let lost = |reason: String| Error::NoLineage {
            model: name.clone(),
            reason,
        };
        let Some(run) = model.run else {
            let here = std::path::absolute(".").unwrap_or_default();
            let (record, pipeline) = imported::lineage(&model, here.display().to_string())?;
            return Ok(Self {
                model,
                run: None,
                record,
                pipeline,
            });
        };
        let (stored, record) = RunRecord::read(store, run)?;
        let record = record.filter(|record| !record.steps.is_empty());
        let record = record.ok_or_else(|| lost(format!("run {run} kept no record")))?;
        if record.folder.is_empty() {
            let reason = format!("run {run} did not keep where its data was");
            return Err(lost(reason));
        }
        let pipeline = record.pipeline(store, &stored.run)?;
        Ok(Self {
            model,
            run: Some(run),
            record,
            pipeline,
        })
    }

    /// Brings everything together for another run, in another store. `moved` are paths, from the
    /// current folder, for data that is not where it was.
    ///
    /// # Errors
    /// [`Error::UnknownData`], those of [`Engine::check`], and what is wrong with components. When
    /// something is missing or has changed, that is the answer, and no error.
    pub fn prepare(
        &self,
        engine: &Engine,
        from: &Store,
        into: &Arc<Store>,
        moved: &BTreeMap<String, String>,
    ) -> Result<Result<Checked, Reproduction>> {
        let mut supplies = Supplies {
            store: Some(into.clone()),
            ..Supplies::default()
        };
        let mut missing = Vec::new();
        self.find_plugins(engine, from, &mut supplies, &mut missing)?;
        self.find_models(engine, from, &mut supplies.models, &mut missing)?;
        self.find_data(moved, &mut supplies.files, &mut missing)?;
        if !missing.is_empty() {
            return Ok(Err(self.reproduction(missing)));
        }
        let base = Path::new(&self.record.folder);
        let mut pipeline = self.pipeline.clone();
        // Whoever was to be told has been.
        pipeline.notifications.clear();
        let checked = engine.check_before_run(pipeline, base, supplies)?;
        Ok(Ok(checked))
    }

    /// The pipeline that is run again, for what decides none of its results: limits.
    pub fn pipeline_mut(&mut self) -> &mut Pipeline {
        &mut self.pipeline
    }

    /// The versions that are not those of the run.
    pub(super) fn versions(&self) -> Vec<changes::VersionChange> {
        let mut now = provenance::versions();
        // What is not on record is no difference.
        now.retain(|name, _| self.record.versions.contains_key(name));
        changes::versions(&self.record.versions, &now)
    }

    fn find_plugins(
        &self,
        engine: &Engine,
        store: &Store,
        supplies: &mut Supplies,
        missing: &mut Vec<Difference>,
    ) -> Result<()> {
        for step in &self.record.steps {
            let digest: Digest = step.plugin.digest.parse()?;
            if store.blobs().contains(&digest)? {
                let found = engine.packages().load(store.blobs().get(&digest)?)?;
                supplies.plugins.insert(step.name.clone(), found);
            } else {
                missing.push(Difference::PackageMissing {
                    step: step.name.clone(),
                    plugin: step.plugin.clone(),
                });
            }
        }
        if let Some(reference) = &self.model.model.reference {
            let component = store.blobs().get(&reference.component)?;
            supplies.profiler = Some(engine.packages().load(component)?);
            supplies.plain_profiles = reference.predictions.is_empty();
        }
        Ok(())
    }

    /// The registered models that steps of the run have read: the versions that their names stood for
    /// then.
    fn find_models(
        &self,
        engine: &Engine,
        store: &Store,
        models: &mut HashMap<String, Arc<FittedModel>>,
        missing: &mut Vec<Difference>,
    ) -> Result<()> {
        for (name, step) in &self.pipeline.steps {
            let Some(registered) = step.input.registered_model() else {
                continue;
            };
            let recorded = self.record.step(name);
            let inputs = recorded.and_then(|record| record.key.as_ref());
            let mut inputs = inputs.into_iter().flat_map(|key| &key.inputs);
            let version = inputs.find_map(|input| input.model.clone());
            // Of a step that has not come to its work no version is known, nor needed.
            let version = version.unwrap_or_else(|| registered.version.to_string());
            match store.model(&version.parse()?) {
                Ok(stored) => {
                    let model = Arc::new(engine.open_model(store, stored)?);
                    models.insert(registered.version.to_string(), model);
                }
                Err(error) => missing.push(Difference::ModelMissing {
                    step: name.clone(),
                    model: version,
                    reason: with_causes(&error),
                }),
            }
        }
        Ok(())
    }

    fn find_data(
        &self,
        moved: &BTreeMap<String, String>,
        found: &mut HashMap<String, Vec<PathBuf>>,
        missing: &mut Vec<Difference>,
    ) -> Result<()> {
        let unknown = moved
            .keys()
            .find(|name| !self.record.data.contains_key(*name));
        if let Some(data) = unknown {
            return Err(Error::UnknownData {
                data: data.clone(),
                known: self.record.data.keys().cloned().collect(),
            });
        }
        for (name, recorded) in &self.record.data {
            let paths = match moved.get(name) {
                Some(path) => self.moved(name, path)?,
                None => {
                    let folder = Path::new(&self.record.folder);
                    let located = |file: &FileRecord| match Scheme::of(&file.path) {
                        Ok(Some(_)) => PathBuf::from(&file.path),
                        _ => folder.join(&file.path),
                    };
                    recorded.iter().map(located).collect()
                }
            };
            if paths.len() == recorded.len() {
                let pairs = paths.iter().zip(recorded).enumerate();
                missing.extend(pairs.filter_map(|(number, (path, file))| {
                    self.file_difference((name, number), path, file)
                }));
            } else {
                missing.push(Difference::OtherFiles {
                    data: name.clone(),
                    step: self.first_reader(name),
                    recorded: recorded.iter().map(|file| file.path.clone()).collect(),
                    found: paths
                        .iter()
                        .map(|path| path.display().to_string())
                        .collect(),
                });
            }
            found.insert(name.clone(), paths);
        }
        Ok(())
    }

    /// The files that data has been moved to.
    fn moved(&self, name: &str, path: &str) -> Result<Vec<PathBuf>> {
        let opener = match self.pipeline.data.get(name) {
            Some(data) => opened::opener(data, &Supplies::default()),
            None => return Ok(vec![]),
        };
        Ok(opener.find(path, Path::new("."))?)
    }

    /// The digest of a file, or of what is at an address; else why there is none.
    fn digest(&self, data: &str, path: &Path) -> Result<String, String> {
        match self.pipeline.data.get(data) {
            Some(data) if matches!(Scheme::of(&path.to_string_lossy()), Ok(Some(_))) => {
                let opener = opened::opener(data, &Supplies::default());
                let found = opener.fingerprint(path.to_owned());
                found.map_err(|error| with_causes(&error))
            }
            _ => {
                let digest = File::open(path).and_then(Digest::of_reader);
                digest
                    .map(|digest| digest.to_string())
                    .map_err(|error| error.to_string())
            }
        }
    }

    /// How a file differs from what the run has read.
    fn file_difference(
        &self,
        (data, number): (&str, usize),
        path: &Path,
        recorded: &FileRecord,
    ) -> Option<Difference> {
        let places = || self.changed_places((data, number), path, recorded);
        let (data, step) = (data.to_owned(), self.first_reader(data));
        match self.digest(&data, path) {
            Ok(found) if found == recorded.digest => None,
            Ok(found) => Some(Difference::DataChanged {
                data,
                step,
                path: path.display().to_string(),
                recorded: recorded.digest.clone(),
                found,
                places: places(),
            }),
            Err(error) => Some(Difference::DataMissing {
                data,
                step,
                path: path.display().to_string(),
                recorded: recorded.digest.clone(),
                reason: error,
            }),
        }
    }

    /// Where a file has changed, as near as the record and the file allow.
    fn changed_places(
        &self,
        (data, number): (&str, usize),
        path: &Path,
        recorded: &FileRecord,
    ) -> Vec<ChangedPlace> {
        let pieces = self.record.pieces.get(data);
        let pieces = pieces.and_then(|files| Some((files.get(number)?.as_ref()?, files.len())));
        let (Some((pieces, files)), Some(data)) = (pieces, self.pipeline.data.get(data)) else {
            return vec![];
        };
        let opener = opened::opener(data, &Supplies::default());
        let changes = opener.changes(path.to_owned(), (pieces, recorded.bytes), files);
        // What it holds now may be no table at all: then it can only be said that it has changed.
        changes.unwrap_or_default()
    }

    /// The first step that reads some data.
    fn first_reader(&self, data: &str) -> Option<String> {
        let mut steps = self.record.steps.iter();
        let first = steps.find(|step| {
            let inputs = step.key.iter().flat_map(|key| &key.inputs);
            let mut tables = inputs.map(|input| opened::data_name(&input.table));
            tables.any(|table| table == data)
        });
        first.map(|step| step.name.clone())
    }
}
