//! The transform: passes numbers through, until it attacks.

use std::cell::Cell;

use crate::{
    attack::{Attack, Entry, Params},
    batches,
    bindings::{
        exports::mlhost::plugin::transform,
        mlhost::plugin::{
            arrow::{Batch, Field},
            output,
            types::Error,
        },
    },
    folder, report_panics, schemas, violence,
};

/// `transform.transformer`.
pub(crate) struct Transformer {
    params: Params,
    /// What the state allows: an attack that waits for rows has to have seen them
    /// when it was fitted.
    attack: Attack,
    columns: Vec<String>,
    rows: Cell<u32>,
}

impl transform::GuestTransformer for Transformer {
    fn open(
        params: String,
        state: Vec<u8>,
        input: Vec<Field>,
    ) -> Result<transform::Transformer, Error> {
        report_panics();
        let params = Params::parse(&params)?;
        params.strike(Entry::TransformerOpen)?;
        let attack = params.due(folder::rows_of(&state)?);
        Ok(transform::Transformer::new(Self {
            params,
            attack,
            columns: schemas::asked_for(attack, &input),
            rows: Cell::new(0),
        }))
    }

    fn columns(&self) -> Vec<String> {
        // There is nobody to report to.
        let _ = self.params.strike(Entry::TransformerColumns);
        self.columns.clone()
    }

    fn output(&self) -> transform::OutputDescription {
        // There is nobody to report to.
        let _ = self.params.strike(Entry::Output);
        transform::OutputDescription {
            schema: schemas::announced(self.attack, &self.columns),
            row_wise: self.attack != Attack::EndlessNulls,
        }
    }

    fn apply(&self, rows: Batch) -> Result<(), Error> {
        self.params.strike(Entry::Apply)?;
        self.rows.set(self.rows.get() + rows.num_rows);
        match self.attack {
            Attack::None => output::emit(&rows),
            attack if violence::waits_for_apply(attack) => violence::attack(attack),
            Attack::PanicInApply => panic!("a panic in `apply`"),
            Attack::EndlessEmit => loop {
                output::emit(&batches::numbers(&[0.5; 4096]))?;
            },
            Attack::EndlessEmptyEmit => loop {
                output::emit(&batches::numbers(&[]))?;
            },
            Attack::EndlessNulls => loop {
                output::emit(&batches::emitted(self.attack, rows.num_rows))?;
            },
            Attack::OtherTypeLater => {
                let half = rows.num_rows / 2;
                output::emit(&batches::emitted(Attack::None, half))?;
                output::emit(&batches::emitted(Attack::OtherType, rows.num_rows - half))
            }
            attack => output::emit(&batches::emitted(attack, rows.num_rows)),
        }
    }

    fn finish(&self) -> Result<(), Error> {
        self.params.strike(Entry::Finish)?;
        match self.attack {
            Attack::RowsAtTheEnd => output::emit(&batches::emitted(self.attack, self.rows.get())),
            _ => Ok(()),
        }
    }
}
