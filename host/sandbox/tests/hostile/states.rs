//! States that are too large, too small, damaged, or of another plugin.

use arrow::record_batch::RecordBatch;
use mlhost_sandbox::{Context, Error};

use crate::{
    attack::Attack,
    entry::Entry,
    support::{STANDARD, project, standard, table},
};

pub(crate) fn attacks() -> Vec<Attack> {
    let mut attacks = vec![
        Attack::rust("huge-state", Entry::State),
        Attack::rust("huge-state", Entry::Fit),
        Attack::rust("empty-state", Entry::State),
    ];
    for name in STANDARD {
        for (what, state) in foreign(name) {
            for entry in takers(name) {
                let state = state.clone();
                let what = format!("{what}-for-{name}");
                attacks.push(Attack::new(&what, *entry, move || {
                    give(name, *entry, &state)
                }));
            }
        }
    }
    attacks
}

/// The entry points of a standard package that take a state.
fn takers(name: &str) -> &'static [Entry] {
    match name {
        "linear" | "tree" => &[Entry::TransformerOpen],
        "preprocess" => &[Entry::Merge, Entry::TransformerOpen],
        _ => &[Entry::Merge, Entry::Assess],
    }
}

/// States that are not those of a package.
fn foreign(name: &str) -> Vec<(&'static str, Vec<u8>)> {
    let other = if name == "drift" { "validate" } else { "drift" };
    let own = state_of(name);
    vec![
        ("nothing", vec![]),
        ("noise", (0..=255).cycle().take(100_000).collect()),
        ("ones", vec![0xff; 64]),
        ("half", own[..own.len() / 2].to_vec()),
        ("state-of-another", state_of(other)),
    ]
}

fn params(name: &str) -> &'static str {
    match name {
        "drift" => r#"{ "columns": ["n", "x", "s"] }"#,
        "evaluate" => r#"{ "target": "y" }"#,
        "preprocess" => {
            r#"{ "encode": [{ "columns": ["n"], "as": "number", "scale": "standard" }] }"#
        }
        "validate" => r#"{ "columns": { "x": { "not_null": true } } }"#,
        _ => r#"{ "target": "y", "task": "regression", "features": ["prediction"] }"#,
    }
}

/// What a package makes of some rows.
fn state_of(name: &str) -> Vec<u8> {
    let (plugin, context, rows) = (standard(name), Context::new("fit"), table(64));
    if takers(name) == [Entry::TransformerOpen] {
        let trainer = plugin
            .trainer(&context, params(name), &rows.schema())
            .unwrap();
        return trainer.fit(memory(&rows)).unwrap();
    }
    let mut folder = plugin
        .folder(&context, params(name), &rows.schema())
        .unwrap();
    folder.update(&project(&rows, folder.columns())).unwrap();
    folder.state().unwrap()
}

fn memory(rows: &RecordBatch) -> std::sync::Arc<dyn mlhost_data::Table> {
    let table = mlhost_data::MemoryTable::new(&rows.schema(), vec![rows.clone()]);
    std::sync::Arc::new(table.unwrap())
}

/// Has a package use a state.
fn give(name: &str, entry: Entry, state: &[u8]) -> Result<String, Error> {
    let (plugin, context, rows) = (standard(name), Context::new("attack"), table(64));
    match entry {
        Entry::Merge => {
            let mut folder = plugin.folder(&context, params(name), &rows.schema())?;
            folder.merge(state)?;
        }
        Entry::Assess => {
            // A drift detector compares two.
            let names: &[&str] = match name {
                "drift" => &["reference", "current"],
                _ => &["data"],
            };
            let states = names
                .iter()
                .map(|name| ((*name).to_owned(), state.to_vec()));
            plugin.assess(&context, params(name), &states.collect::<Vec<_>>())?;
        }
        _ => {
            let mut transformer =
                plugin.transformer(&context, params(name), state, &rows.schema())?;
            transformer.apply(&project(&rows, transformer.columns()))?;
        }
    }
    Ok("it was taken for its own".to_owned())
}
