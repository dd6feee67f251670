//! The functions of a plugin at which it can attack, and the way there.

use std::{fmt, str::FromStr, sync::Arc};

use arrow::record_batch::RecordBatch;
use mlhost_data::MemoryTable;
use mlhost_sandbox::{Context, Error, Plugin, Transformer};

use crate::support::{project, table};

/// Where an attack is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Load,
    FolderOpen,
    FolderColumns,
    Update,
    Merge,
    State,
    TrainerOpen,
    TrainerColumns,
    Fit,
    TransformerOpen,
    TransformerColumns,
    Output,
    Apply,
    Finish,
    Assess,
}

impl Entry {
    /// All of them but loading, which gets no parameters that could ask for an attack.
    pub(crate) const CALLS: [Self; 14] = [
        Self::FolderOpen,
        Self::FolderColumns,
        Self::Update,
        Self::Merge,
        Self::State,
        Self::TrainerOpen,
        Self::TrainerColumns,
        Self::Fit,
        Self::TransformerOpen,
        Self::TransformerColumns,
        Self::Output,
        Self::Apply,
        Self::Finish,
        Self::Assess,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::FolderOpen => "folder-open",
            Self::FolderColumns => "folder-columns",
            Self::Update => "update",
            Self::Merge => "merge",
            Self::State => "state",
            Self::TrainerOpen => "trainer-open",
            Self::TrainerColumns => "trainer-columns",
            Self::Fit => "fit",
            Self::TransformerOpen => "transformer-open",
            Self::TransformerColumns => "transformer-columns",
            Self::Output => "output",
            Self::Apply => "apply",
            Self::Finish => "finish",
            Self::Assess => "assess",
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Entry {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let all = Self::CALLS.into_iter().chain([Self::Load]);
        let found = all.into_iter().find(|entry| entry.name() == name);
        found.ok_or_else(|| format!("no entry point `{name}`"))
    }
}

/// What the attacked host works on: two columns of numbers.
pub(crate) fn numbers() -> RecordBatch {
    table(64).project(&[1, 3]).unwrap()
}

/// A state that the hostile plugin makes of [`numbers`].
pub(crate) const STATE: [u8; 8] = 64_u64.to_le_bytes();

/// Calls the plugin up to this entry point, and tells what comes of it there.
///
/// # Errors
/// What goes wrong at the entry point; nothing may go wrong before.
pub(crate) fn reach(
    plugin: &Plugin,
    entry: Entry,
    context: &Context,
    params: &str,
) -> Result<String, Error> {
    let rows = numbers();
    let schema = rows.schema();
    match entry {
        Entry::Load => Ok(format!("it is a {}", plugin.kind())),
        Entry::FolderOpen | Entry::FolderColumns => {
            let folder = plugin.folder(context, params, &schema)?;
            Ok(asked_for(folder.columns()))
        }
        Entry::Update | Entry::Merge | Entry::State => {
            let mut folder = before(plugin.folder(context, params, &schema));
            if entry == Entry::Merge {
                return folder.merge(&STATE).map(|()| "merged".to_owned());
            }
            let updated = folder.update(&project(&rows, folder.columns()));
            if entry == Entry::Update {
                return updated.map(|()| "updated".to_owned());
            }
            before(updated);
            Ok(kept(&folder.state()?))
        }
        Entry::TrainerOpen | Entry::TrainerColumns => {
            let trainer = plugin.trainer(context, params, &schema)?;
            Ok(asked_for(trainer.columns()))
        }
        Entry::Fit => {
            let trainer = before(plugin.trainer(context, params, &schema));
            let batches = vec![rows.slice(0, 3), rows.slice(3, 61)];
            let rows = Arc::new(MemoryTable::new(&schema, batches).unwrap());
            Ok(kept(&trainer.fit(rows)?))
        }
        Entry::TransformerOpen | Entry::TransformerColumns | Entry::Output => {
            let transformer = plugin.transformer(context, params, &STATE, &schema)?;
            Ok(format!("it will emit {}", transformer.schema()))
        }
        Entry::Apply | Entry::Finish => {
            let mut transformer = before(plugin.transformer(context, params, &STATE, &schema));
            let applied = apply(&mut transformer, &rows);
            if entry == Entry::Apply {
                return applied.map(|emitted| shape(&emitted));
            }
            before(applied);
            Ok(shape(&transformer.finish()?))
        }
        Entry::Assess => {
            let states = [("data".to_owned(), STATE.to_vec())];
            let outcome = plugin.assess(context, params, &states)?;
            Ok(serde_json::to_string_pretty(&outcome).unwrap())
        }
    }
}

fn apply(transformer: &mut Transformer, rows: &RecordBatch) -> Result<Vec<RecordBatch>, Error> {
    let rows = project(rows, transformer.columns());
    transformer.apply(&rows)
}

/// What has to go well for the attack to be made where it should.
fn before<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| panic!("before the attack: {error}"))
}

fn asked_for(columns: &[String]) -> String {
    format!("it asks for {columns:?}")
}

fn kept(state: &[u8]) -> String {
    format!("a state of {} bytes", state.len())
}

fn shape(emitted: &[RecordBatch]) -> String {
    let rows: Vec<_> = emitted.iter().map(RecordBatch::num_rows).collect();
    format!("batches of {rows:?} rows")
}
