//! What a run is made from, for its record: pipeline, parameters, versions, files.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, absolute},
    sync::Arc,
};

use mlhost_data::{DataFile, FileTable, Pieces};
use mlhost_pipeline::{Pipeline, Selection};
use mlhost_sandbox::{CONTRACT, WASMTIME};

use crate::{FileRecord, PatchRecord, Result, Reuse, RunOptions, RunRecord};

/// What is known of a run before it begins.
pub(crate) fn beginning(
    pipeline: &Pipeline,
    base: &Path,
    reuse: &Reuse,
    options: &RunOptions,
) -> RunRecord {
    let folder = absolute(base).unwrap_or_else(|_| base.to_owned());
    let file = Path::new(pipeline.source().name()).file_name();
    RunRecord {
        pipeline: pipeline.name.clone(),
        experiment: pipeline.experiment.clone(),
        folder: folder.display().to_string(),
        file: file.unwrap_or_default().to_string_lossy().into_owned(),
        params: pipeline.params.clone().into(),
        given: options.given.clone(),
        patches: pipeline.patches.iter().map(PatchRecord::of).collect(),
        included: pipeline
            .included
            .iter()
            .map(|(path, source)| (path.clone(), source.text().to_owned()))
            .collect(),
        reuse: reuse.clone(),
        resumes: options.resumes,
        trigger: options.trigger.clone(),
        faults: options.faults.clone(),
        seed: pipeline.seed,
        versions: versions(),
        selections: selections(pipeline),
        ..RunRecord::default()
    }
}

/// The versions that decide the last bits of results.
pub(crate) fn versions() -> BTreeMap<String, String> {
    let versions = [
        ("host", env!("CARGO_PKG_VERSION")),
        ("contract", CONTRACT),
        ("wasmtime", WASMTIME),
    ];
    versions
        .into_iter()
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}

/// The selections that leave something out.
fn selections(pipeline: &Pipeline) -> BTreeMap<String, Selection> {
    let data = pipeline.data.values();
    data.filter(|data| !data.selection.is_everything())
        .map(|data| (data.name.clone(), data.selection.clone()))
        .collect()
}

/// All data that was read.
#[derive(Default)]
pub(crate) struct Fingerprints {
    /// The files with their digests; their paths are relative to the folder of the pipeline where
    /// they can be.
    pub(crate) data: BTreeMap<String, Vec<FileRecord>>,
    /// Digests of the pieces of each.
    pub(crate) pieces: BTreeMap<String, Vec<Option<Pieces>>>,
}

/// Looks at the files of all data, for a pipeline in the folder `base`.
pub(crate) fn fingerprints(
    files: &HashMap<String, Arc<FileTable>>,
    base: &Path,
) -> Result<Fingerprints> {
    let record = |file: &DataFile| -> Result<FileRecord> {
        let path = file.path().strip_prefix(base).unwrap_or(file.path());
        Ok(FileRecord {
            path: path.display().to_string(),
            digest: file.fingerprint()?.to_owned(),
            rows: file.rows(),
            bytes: file.bytes(),
        })
    };
    let mut found = Fingerprints::default();
    for (name, table) in files {
        let records = table.files().iter().map(record);
        let records = records.collect::<Result<_>>()?;
        found.data.insert(name.clone(), records);
        let pieces = (0..table.files().len()).map(|file| Ok(table.pieces(file)?));
        let pieces: Vec<_> = pieces.collect::<Result<_>>()?;
        if pieces.iter().any(Option::is_some) {
            found.pieces.insert(name.clone(), pieces);
        }
    }
    Ok(found)
}
