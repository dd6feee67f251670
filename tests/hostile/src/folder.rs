//! The fold: counts rows, until it attacks.

use std::cell::Cell;

use crate::{
    attack::{Attack, Entry, Params},
    bindings::{
        exports::mlhost::plugin::fold,
        mlhost::plugin::{
            arrow::{Batch, Field},
            types::Error,
        },
    },
    error, report_panics, schemas, violence,
};

/// Bytes of a state that is more than a host should take.
const HUGE_STATE: usize = 600 << 20;

/// `fold.folder`.
pub(crate) struct Folder {
    params: Params,
    columns: Vec<String>,
    rows: Cell<u64>,
    /// Whether others were merged into it.
    is_merged: Cell<bool>,
}

/// What a poisoned state holds besides, for tests to look for in a store.
const POISON: &[u8] = b"a poisoned state";

/// The rows that a state of this plugin has seen.
pub(crate) fn rows_of(state: &[u8]) -> Result<u64, Error> {
    let bytes = state.split_first_chunk();
    let (rows, rest) =
        bytes.ok_or_else(|| error("failed", "the state is not one of this plugin"))?;
    match rest {
        [] => Ok(u64::from_le_bytes(*rows)),
        _ => Err(error("failed", "the state is poisoned")),
    }
}

/// The state of so many rows, under an attack.
pub(crate) fn state_of(attack: Attack, rows: u64) -> Vec<u8> {
    let honest = rows.to_le_bytes().to_vec();
    match attack {
        Attack::HugeState => vec![0; HUGE_STATE],
        Attack::EmptyState => vec![],
        Attack::PoisonedState => [&honest, POISON].concat(),
        _ => honest,
    }
}

impl fold::GuestFolder for Folder {
    fn open(params: String, input: Vec<Field>) -> Result<fold::Folder, Error> {
        report_panics();
        let params = Params::parse(&params)?;
        params.strike(Entry::FolderOpen)?;
        let attack = params.due_when_opened();
        if attack == Attack::PanicInOpen {
            panic!("a panic in `open`");
        }
        let columns = schemas::asked_for(attack, &input);
        Ok(fold::Folder::new(Self {
            params,
            columns,
            rows: Cell::new(0),
            is_merged: Cell::new(false),
        }))
    }

    fn columns(&self) -> Vec<String> {
        // There is nobody to report to.
        let _ = self.params.strike(Entry::FolderColumns);
        self.columns.clone()
    }

    fn update(&self, rows: Batch) -> Result<(), Error> {
        self.params.strike(Entry::Update)?;
        self.rows.set(self.rows.get() + u64::from(rows.num_rows));
        match self.params.due(self.rows.get()) {
            attack if violence::waits_for_apply(attack) => Ok(()),
            attack => violence::attack(attack),
        }
    }

    fn merge(&self, later: Vec<u8>) -> Result<(), Error> {
        self.params.strike(Entry::Merge)?;
        self.rows.set(self.rows.get() + rows_of(&later)?);
        self.is_merged.set(true);
        Ok(())
    }

    fn state(&self) -> Result<Vec<u8>, Error> {
        let rows = self.rows.get();
        if let Some(answer) = self.params.tell(Entry::State)? {
            // What it has learned of the world is part of what it has learned.
            let learned = answer.bytes().map(u64::from).sum::<u64>();
            return Ok(rows.wrapping_add(learned).to_le_bytes().to_vec());
        }
        self.params.strike(Entry::State)?;
        let attack = match self.params.due(rows) {
            // Those of the parts are as they should be.
            Attack::PoisonedWhole if self.is_merged.get() => Attack::PoisonedState,
            attack => attack,
        };
        Ok(state_of(attack, rows))
    }
}
