//! A plugin that attacks the host in the way its parameter `attack` names, in the
//! function that `at` names where any can do it.
//!
//! It is written against bare bindings, because the SDK would not let it lie. The
//! end-to-end tests run it and look at what the host makes of each attack; with
//! `attack = "none"` it passes numbers through, which shows that the tests
//! themselves work. It exports what plugins of all kinds do, and says that it is a
//! preprocessor; a test that wants another kind writes it over `KIND`.
//!
//! What it can reach through WASI it tells when it is asked: the attack `ask`, with
//! the question under `ask`.
//!
//! `text/` has what a compiler would refuse, as WebAssembly text. Off WebAssembly
//! there is nothing here.

#![cfg(target_family = "wasm")]

mod attack;
mod batches;
mod bindings;
mod folder;
mod outcomes;
mod schemas;
mod trainer;
mod transformer;
mod violence;
mod wasi;

use bindings::exports::mlhost::plugin::{describe, fit, fold, report, transform};
use bindings::mlhost::plugin::{log, types::Error};

/// The component.
struct Hostile;

/// What kind of plugin it says it is, after a mark that stands nowhere else in the
/// component: the last twelve characters, of which blanks are none.
static KIND: [u8; 32] = *b"the kind of plugin: preprocessor";

impl describe::Guest for Hostile {
    fn describe() -> describe::Description {
        describe::Description {
            name: "hostile".to_owned(),
            kind: String::from_utf8_lossy(&std::hint::black_box(&KIND)[20..])
                .trim()
                .to_owned(),
            summary: "Attacks the host, so that tests can see it survive.".to_owned(),
            params_schema: attack::PARAMS_SCHEMA.to_owned(),
            contract: "0.1.0".to_owned(),
        }
    }
}

impl fold::Guest for Hostile {
    type Folder = folder::Folder;
}

impl fit::Guest for Hostile {
    type Trainer = trainer::Trainer;
}

impl report::Guest for Hostile {
    fn assess(
        params: String,
        states: Vec<report::NamedState>,
    ) -> Result<report::Outcome, report::Error> {
        outcomes::assess(&params, &states)
    }
}

impl transform::Guest for Hostile {
    type Transformer = transformer::Transformer;
}

/// What it may want: everything that a step can grant.
#[used]
#[allow(
    unsafe_code,
    reason = "a section of its own, which holds nothing but this text"
)]
#[unsafe(link_section = "mlhost:wants")]
static WANTS: [u8; 183] = *br#"{
    "dirs": [{ "as": "*", "mode": "write" }],
    "env": ["CARGO_PKG_NAME", "MLHOST_TEST_WORD", "NOBODY_HAS_SET_THIS"],
    "network": ["*"],
    "clock": true,
    "random": true
}"#;

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
