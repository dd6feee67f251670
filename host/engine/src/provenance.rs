//! What a run is made from, for its record: pipeline, parameters, versions, files.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, absolute},
    sync::Arc,
};

use mlhost_data::{DataFile, FileTable};
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
        folder: folder.display().to_string(),
        file: file.unwrap_or_default().to_string_lossy().into_owned(),
        params: pipeline.params.clone().into(),
        given: options.given.clone(),
        patches: pipeline.patches.iter().map(PatchRecord::of).collect(),
        reuse: reuse.clone(),
        resumes: options.resumes,
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

/// The files of all data with their digests; their paths are relative to `base` where they can be.
pub(crate) fn fingerprints(
    files: &HashMap<String, Arc<FileTable>>,
    base: &Path,
) -> Result<BTreeMap<String, Vec<FileRecord>>> {
    let record = |file: &DataFile| -> Result<FileRecord> {
        let path = file.path().strip_prefix(base).unwrap_or(file.path());
        Ok(FileRecord {
            path: path.display().to_string(),
            digest: file.fingerprint()?.to_owned(),
            rows: file.rows(),
            bytes: file.bytes(),
        })
    };
    let records =
        |table: &Arc<FileTable>| table.files().iter().map(record).collect::<Result<Vec<_>>>();
    files
        .iter()
        .map(|(name, table)| Ok((name.clone(), records(table)?)))
        .collect()
}
