//! What is not the same, in words: shared by `run`, `runs show`, `runs explain`, `runs diff` and
//! `reproduce`.

use mlhost_data::{ChangedPlace, PieceUnit};
use mlhost_engine::{
    FileRecord, FilesChange, PatchRecord, PluginRecord, ValueChange, VersionChange,
};
use serde_json::Value;

use crate::text;

/// A longer value is cut: the whole of it is in the JSON.
const VALUE_CHARACTERS: usize = 60;

/// `max_depth 12 → 8`.
pub(super) fn value(change: &ValueChange) -> String {
    let before = json(change.before.as_ref());
    let after = json(change.after.as_ref());
    format!("{} {before} → {after}", change.at)
}

/// Several of them in a line.
pub(super) fn values(changes: &[ValueChange]) -> String {
    let changes: Vec<_> = changes.iter().map(value).collect();
    changes.join(", ")
}

fn json(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "none".to_owned();
    };
    text::cut(&value.to_string(), VALUE_CHARACTERS)
}

/// `rows 1 to 131,072, column arr_delay`.
pub(super) fn place(place: &ChangedPlace) -> String {
    let (first, last) = (text::count(place.first), text::count(place.last));
    let unit = match place.unit {
        PieceUnit::Rows => "row",
        PieceUnit::Bytes => "byte",
        PieceUnit::Lines => "line",
    };
    let mut words = match first == last {
        true => format!("{unit} {first}"),
        false => format!("{unit}s {first} to {last}"),
    };
    match place.columns.as_slice() {
        [] => {}
        [column] => words.push_str(&format!(", column {column}")),
        columns => words.push_str(&format!(", columns {}", columns.join(", "))),
    }
    words
}

/// A patch, and of a file as much of its digest as tells it from others.
pub(super) fn patch(patch: &PatchRecord) -> String {
    match &patch.digest {
        Some(digest) => format!("{patch} ({})", text::short(digest)),
        None => patch.to_string(),
    }
}

/// `host 0.1.0 → 0.2.0`.
pub(super) fn version(change: &VersionChange) -> String {
    let word = |version: &Option<String>| version.clone().unwrap_or_else(|| "unknown".to_owned());
    let (before, after) = (word(&change.before), word(&change.after));
    format!("{} {before} → {after}", change.name)
}

/// A package with as much of its digest as tells it from others.
pub(super) fn plugin(plugin: &PluginRecord) -> String {
    format!("{plugin} ({})", text::short(&plugin.digest))
}

/// One line for each file whose content is not the same.
pub(super) fn files(change: &FilesChange) -> Vec<String> {
    let added = change
        .added
        .iter()
        .map(|file| format!("{} added", one(file)));
    let removed = change
        .removed
        .iter()
        .map(|file| format!("{} removed", one(file)));
    let changed = change.changed.iter().map(|file| {
        let (before, after) = (described(&file.before), described(&file.after));
        let places = file.places.iter().map(place);
        let places: String = places.map(|place| format!(", in {place}")).collect();
        format!("{} changed: {before} → {after}{places}", file.after.path)
    });
    let reordered = change
        .reordered
        .then(|| "the files come in another order".to_owned());
    added
        .chain(removed)
        .chain(changed)
        .chain(reordered)
        .collect()
}

fn one(file: &FileRecord) -> String {
    format!("{} ({})", file.path, described(file))
}

fn described(file: &FileRecord) -> String {
    let digest = text::short(&file.digest);
    match file.rows {
        Some(rows) => format!("{digest}, {} rows", text::count(rows)),
        None => digest.to_owned(),
    }
}
