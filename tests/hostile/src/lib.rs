//! A preprocessor that attacks the host in the way its parameter `attack` names.
//!
//! It is written against bare bindings, because the SDK would not let it lie. The
//! end-to-end tests run it and look at what the host makes of each attack; with
//! `attack = "none"` it passes numbers through, which shows that the tests
//! themselves work. Off WebAssembly there is nothing here.

#![cfg(target_family = "wasm")]

mod attack;
mod batches;
mod bindings;
mod folder;
mod schemas;
mod transformer;
mod violence;

use bindings::exports::mlhost::plugin::{describe, fold, transform};
use bindings::mlhost::plugin::{log, types::Error};

/// The component.
struct Hostile;

impl describe::Guest for Hostile {
    fn describe() -> describe::Description {
        describe::Description {
            name: "hostile".to_owned(),
            kind: "preprocessor".to_owned(),
            summary: "Attacks the host, so that tests can see it survive.".to_owned(),
            params_schema: attack::PARAMS_SCHEMA.to_owned(),
            contract: "0.1.0".to_owned(),
        }
    }
}

impl fold::Guest for Hostile {
    type Folder = folder::Folder;
}

impl transform::Guest for Hostile {
    type Transformer = transformer::Transformer;
}

/// Makes a panic's text the last thing that the host hears.
fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        log::log(log::Level::Error, &info.to_string());
    }));
}

/// An error of the contract that points nowhere.
fn error(kind: &str, message: impl Into<String>) -> Error {
    Error {
        kind: kind.to_owned(),
        message: message.into(),
        at: None,
    }
}
