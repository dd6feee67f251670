//! What differs between two lists of files, and between two sets of versions.

use std::collections::BTreeMap;

use serde::Serialize;

pub use mlhost_store::ValueChange;
pub(crate) use mlhost_store::value_changes as values;

use crate::FileRecord;

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
pub(crate) fn files(
    data: &str,
    before: &[FileRecord],
    after: &[FileRecord],
) -> Option<FilesChange> {
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
    use super::files;
    use crate::FileRecord;

    fn file(path: &str, digest: &str) -> FileRecord {
        FileRecord {
            path: path.to_owned(),
            digest: digest.to_owned(),
            rows: None,
            bytes: 1,
        }
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
