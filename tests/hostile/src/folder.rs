//! The fold: counts rows, until it attacks.

use std::cell::Cell;

use crate::{
    attack::{Attack, Params},
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
}

/// The rows that a state of this plugin has seen.
pub(crate) fn rows_of(state: &[u8]) -> Result<u64, Error> {
    let bytes = state.try_into();
    let bytes = bytes.map_err(|_| error("failed", "the state is not one of this plugin"))?;
    Ok(u64::from_le_bytes(bytes))
}

impl fold::GuestFolder for Folder {
    fn open(params: String, input: Vec<Field>) -> Result<fold::Folder, Error> {
        report_panics();
        let params = Params::parse(&params)?;
        let mut columns = schemas::numbers(&input);
        match params.due_when_opened() {
            Attack::PanicInOpen => panic!("a panic in `open`"),
            Attack::UnknownColumn => columns.push("nowhere".to_owned()),
            _ => {}
        }
        Ok(fold::Folder::new(Self {
            params,
            columns,
            rows: Cell::new(0),
        }))
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn update(&self, rows: Batch) -> Result<(), Error> {
        self.rows.set(self.rows.get() + u64::from(rows.num_rows));
        match self.params.due(self.rows.get()) {
            attack if violence::waits_for_apply(attack) => Ok(()),
            attack => violence::attack(attack),
        }
    }

    fn merge(&self, later: Vec<u8>) -> Result<(), Error> {
        self.rows.set(self.rows.get() + rows_of(&later)?);
        Ok(())
    }

    fn state(&self) -> Result<Vec<u8>, Error> {
        match self.params.due(self.rows.get()) {
            Attack::HugeState => Ok(vec![0; HUGE_STATE]),
            _ => Ok(self.rows.get().to_le_bytes().to_vec()),
        }
    }
}
