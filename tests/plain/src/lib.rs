//! A validator that uses nothing of this project but its WIT: `wit_bindgen::generate!` makes the
//! bindings, and the component is what wit-component makes of the module. It finds a table with too
//! few values in a column of float64.

#![cfg(target_family = "wasm")]

mod bindings;

use std::cell::Cell;

use bindings::exports::mlhost::plugin::{
    describe::{self, Description},
    fold::{self, Batch, Error, Folder, GuestFolder, Schema},
    report::{self, Finding, Metric, NamedState, Outcome},
};
use bindings::mlhost::plugin::arrow::Field;

/// The parameters are the name of the column and no more, so that this needs no JSON: `{"column":
/// "x"}`.
const SCHEMA: &str = r#"{
    "type": "object",
    "required": ["column"],
    "properties": { "column": { "type": "string", "x-mlhost-role": "column" } }
}"#;

struct Plain;

struct Values {
    column: String,
    count: Cell<u64>,
}

impl describe::Guest for Plain {
    fn describe() -> Description {
        Description {
            name: "plain".into(),
            kind: "validator".into(),
            summary: "Finds a column of float64 without a single value.".into(),
            params_schema: SCHEMA.into(),
            contract: "0.1.0".into(),
        }
    }
}

impl fold::Guest for Plain {
    type Folder = Values;
}

impl GuestFolder for Values {
    fn open(params: String, input: Schema) -> Result<Folder, Error> {
        let column = params.split('"').nth(3).unwrap_or_default().to_owned();
        let is_there = |field: &Field| field.name == column && field.format == "g";
        if !input.iter().any(is_there) {
            return Err(Error {
                kind: "invalid-params".into(),
                message: format!("there is no column `{column}` of float64"),
                at: Some("/column".into()),
            });
        }
        let count = Cell::new(0);
        Ok(Folder::new(Self { column, count }))
    }

    fn columns(&self) -> Vec<String> {
        vec![self.column.clone()]
    }

    fn update(&self, rows: Batch) -> Result<(), Error> {
        let values = rows
            .arrays
            .iter()
            .map(|array| u64::from(array.length - array.null_count));
        self.count.set(self.count.get() + values.sum::<u64>());
        Ok(())
    }

    fn merge(&self, later: Vec<u8>) -> Result<(), Error> {
        self.count.set(self.count.get() + number(&later)?);
        Ok(())
    }

    fn state(&self) -> Result<Vec<u8>, Error> {
        Ok(self.count.get().to_le_bytes().to_vec())
    }
}

impl report::Guest for Plain {
    fn assess(_: String, states: Vec<NamedState>) -> Result<Outcome, Error> {
        let count = states.iter().map(|named| number(&named.state));
        let count = count.sum::<Result<u64, Error>>()?;
        let message = format!("{count} values");
        Ok(Outcome {
            verdict: if count > 0 { "passed" } else { "failed" }.into(),
            summary: message.clone(),
            findings: vec![Finding {
                check: "has_values".into(),
                column: None,
                passed: count > 0,
                severity: "error".into(),
                message,
                details: "{}".into(),
            }],
            metrics: vec![Metric {
                name: "values".into(),
                value: count as f64,
                labels: vec![],
            }],
            figures: vec![],
        })
    }
}

fn number(state: &[u8]) -> Result<u64, Error> {
    let bytes = state.try_into().map_err(|_| Error {
        kind: "failed".into(),
        message: "the state was not written by this plugin".into(),
        at: None,
    })?;
    Ok(u64::from_le_bytes(bytes))
}
