//! Columns that are asked for, and schemas that are announced.

use crate::{attack::Attack, entry::Entry};

pub(crate) fn attacks() -> Vec<Attack> {
    let asked_for = [
        "unknown-column",
        "columns-twice",
        "many-columns",
        "odd-column",
    ];
    let announced = [
        "unknown-format",
        "deep-nesting",
        "deeper-nesting",
        "missing-children",
        "wrapping-children",
        "children-of-a-leaf",
        "nul-in-format",
        "huge-format",
        "column-twice",
        "huge-width",
        "negative-width",
        "wide-decimal",
        "map-of-numbers",
        "dictionary-of-nothing",
        "dictionary-of-dictionaries",
        "many-fields",
        "billion-fields",
        "huge-name",
        "odd-name",
        "empty-name",
        "many-metadata",
        "huge-metadata",
    ];
    let entries = [
        Entry::FolderColumns,
        Entry::TrainerColumns,
        Entry::TransformerColumns,
    ];
    let asked_for = asked_for.into_iter();
    let asked_for = asked_for.flat_map(|name| entries.map(|entry| Attack::rust(name, entry)));
    let announced = announced
        .into_iter()
        .map(|name| Attack::rust(name, Entry::Output));
    asked_for.chain(announced).collect()
}
