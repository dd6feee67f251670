//! A validator that asks for the world through WASI, and says what it sees.
//!
//! Its parameter `ask` names what it asks for, with what it asks that of behind a colon. The tests
//! look at the summary of its outcome, which is the answer. Off WebAssembly there is nothing here.

#![cfg(target_family = "wasm")]

mod asks;
mod bindings;
mod files;
mod web;

use mlhost_plugin::*;

use crate::bindings::wasi::random::random::get_random_u64;

struct Worldly;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Params {
    /// What is asked for.
    ask: String,
}

/// The random number that each instance drew first, and how many rows there were.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Drawn {
    numbers: Vec<u64>,
    rows: u64,
}

impl Fold for Drawn {
    type Params = Params;
    type State = Self;

    fn open(_: Params, _: &Schema) -> Result<Self> {
        Ok(Self {
            numbers: vec![get_random_u64()],
            rows: 0,
        })
    }

    fn columns(&self) -> Vec<String> {
        vec![]
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        self.rows += rows.num_rows() as u64;
        Ok(())
    }

    fn merge(&mut self, later: Self) -> Result<()> {
        self.numbers.extend(later.numbers);
        self.rows += later.rows;
        Ok(())
    }

    fn state(&self) -> Self {
        self.clone()
    }
}

impl Plugin for Worldly {
    const NAME: &str = "worldly";
    const SUMMARY: &str = "Asks for the world, so that tests can see what there is of it.";
    type Params = Params;
}

impl Validator for Worldly {
    type Fold = Drawn;

    fn assess(params: Params, drawn: Drawn) -> Result<Outcome> {
        let answer = match params.ask.as_str() {
            "drawn" => format!("{:?}", drawn.numbers),
            ask => asks::answer(ask)?,
        };
        Ok(Outcome::new(true, answer))
    }
}

wants!(
    br#"{
        "dirs": [{ "as": "*", "mode": "write" }],
        "env": ["WORLDLY", "NOBODY_HAS_SET_THIS"],
        "network": ["*"],
        "clock": true,
        "random": true
    }"#
);

export!(Worldly as validator);
