//! What differs between two lists of files, and between two sets of versions.

use std::collections::BTreeMap;

use mlhost_data::{ChangedPlace, Pieces};
use serde::Serialize;

pub use mlhost_store::ValueChange;
pub(crate) use mlhost_store::value_changes as values;

use crate::{FileRecord, RunRecord};

/// A version that is not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionChange {
    /// `host`, `contract` or `wasmtime`.
    pub name: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// How the files of one table of data differ in content. Other names for the same content are no
/// difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilesChange {
    /// The name of the data.
    pub data: String,
    /// Files that were not there before.
    pub added: Vec<FileRecord>,
    /// Files that are there no more.
    pub removed: Vec<FileRecord>,
    /// Files with another content.
    pub changed: Vec<FileChange>,
    /// Whether the same files are read in another order.
    pub reordered: bool,
}

/// A file with another content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileChange {
    /// What it was.
    pub before: FileRecord,
    /// What it is.
    pub after: FileRecord,
    /// Where it differs, as near as both runs have recorded; empty where that cannot be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<ChangedPlace>,
}

/// The files of one table of data, as a run has recorded them.
#[derive(Clone, Copy)]
pub(crate) struct Files<'a> {
    records: &'a [FileRecord],
    /// Digests of the pieces of each; none if the run has none.
    pieces: &'a [Option<Pieces>],
}

impl<'a> Files<'a> {
    /// Those of data of this name; there are none if the run has no such data.
    pub(crate) fn of(record: &'a RunRecord, data: &str) -> Self {
        let records = record.data.get(data).map(Vec::as_slice);
        let pieces = record.pieces.get(data).map(Vec::as_slice);
        Self {
            records: records.unwrap_or_default(),
            pieces: pieces.unwrap_or_default(),
        }
    }

    /// The file at a path, with its pieces.
    fn at(self, path: &str) -> Option<(&'a FileRecord, Option<&'a Pieces>)> {
        let place = self.records.iter().position(|file| file.path == path)?;
        let pieces = self.pieces.get(place).and_then(Option::as_ref);
        Some((&self.records[place], pieces))
    }
}

/// The versions that differ.
pub(crate) fn versions(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<VersionChange> {
    let added = after.keys().filter(|name| !before.contains_key(*name));
    let names = before.keys().chain(added);
    names
        .map(|name| VersionChange {
            name: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

/// How the content of files differs, if it does.
pub(crate) fn files(data: &str, before: Files<'_>, after: Files<'_>) -> Option<FilesChange> {
    let pieces_of = |files: Files<'_>, path: &str| files.at(path)?.1.cloned();
    let places = |path: &str| {
        let pieces = pieces_of(before, path).zip(pieces_of(after, path));
        pieces.map(|(before, after)| before.changes(&after))
    };
    let (before, after) = (before.records, after.records);
    let digests = |files: &[FileRecord]| -> Vec<String> {
        files.iter().map(|file| file.digest.clone()).collect()
    };
    if digests(before) == digests(after) {
        return None;
    }
    let named = |files: &[FileRecord], path: &str| -> Option<FileRecord> {
        files.iter().find(|file| file.path == path).cloned()
    };
    // A file of another name with the same content is the same file.
    let unknown = |file: &&FileRecord, others: &[FileRecord]| {
        let same = |other: &FileRecord| other.path == file.path || other.digest == file.digest;
        !others.iter().any(same)
    };
    let added: Vec<_> = after
        .iter()
        .filter(|file| unknown(file, before))
        .cloned()
        .collect();
    let removed: Vec<_> = before
        .iter()
        .filter(|file| unknown(file, after))
        .cloned()
        .collect();
    let changed: Vec<_> = before
        .iter()
        .filter_map(|file| {
            let after = named(after, &file.path)?;
            (after.digest != file.digest).then(|| FileChange {
                before: file.clone(),
                after,
                places: places(&file.path).unwrap_or_default(),
            })
        })
        .collect();
    Some(FilesChange {
        data: data.to_owned(),
        reordered: added.is_empty() && removed.is_empty() && changed.is_empty(),
        added,
        removed,
        changed,
    })
}

#[cfg(test)]
mod tests {
    use super::{Files, FilesChange};
    use crate::FileRecord;

    fn file(path: &str, digest: &str) -> FileRecord {
        FileRecord {
            path: path.to_owned(),
            digest: digest.to_owned(),
            rows: None,
            bytes: 1,
        }
    }

    fn files(data: &str, before: &[FileRecord], after: &[FileRecord]) -> Option<FilesChange> {
        let of = |records| Files {
            records,
            pieces: &[],
        };
        super::files(data, of(before), of(after))
    }

    #[test]
    fn files_differ_by_content() {
        let before = [file("a", "1"), file("b", "2"), file("c", "3")];
        let moved = [file("x", "1"), file("b", "2"), file("c", "3")];
        assert_eq!(files("train", &before, &moved), None);

        let after = [file("b", "4"), file("c", "3"), file("d", "5")];
        let change = files("train", &before, &after).unwrap();
        assert_eq!(change.removed, [file("a", "1")]);
        assert_eq!(change.added, [file("d", "5")]);
        assert_eq!(change.changed.len(), 1);
        assert_eq!(change.changed[0].after, file("b", "4"));
        assert!(!change.reordered);

        let turned = [file("c", "3"), file("b", "2"), file("a", "1")];
        assert!(files("train", &before, &turned).unwrap().reordered);
    }
}
