//! What wasmtime makes of the contract: one world with every interface in it.
//!
//! A plugin exports the interfaces of its kind only; they are looked up one by
//! one, so this world is never instantiated as a whole. What passes batch after batch
//! is by hand: generated code would copy each buffer once more.
//!
//! - [`wire`] has the types of Arrow data, and [`mod@batch`] takes a batch into a plugin.
//! - [`pass`] hands batches to `fold.update` and `transform.apply`.
//! - [`emit`] takes batches from `output.emit`, from the plugin's memory: [`arena`] copies them.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "generated from the documented contract"
)]

mod arena;
mod batch;
pub(crate) mod emit;
mod floats;
pub(crate) mod pass;
pub mod wire;

/// What the address of every buffer is a multiple of, on both sides: what Arrow recommends.
const ALIGNMENT: usize = 64;

/// The bytes from the beginning of a buffer to that of the next.
fn room(bytes: usize) -> usize {
    bytes
        .checked_next_multiple_of(ALIGNMENT)
        .unwrap_or(usize::MAX)
}

wasmtime::component::bindgen!({
    inline: "
        package mlhost:host;

        world everything {
            import mlhost:plugin/log@0.1.0;
            import mlhost:plugin/progress@0.1.0;
            import mlhost:plugin/metric@0.1.0;
            import mlhost:plugin/data@0.1.0;

            export mlhost:plugin/describe@0.1.0;
            export mlhost:plugin/fold@0.1.0;
            export mlhost:plugin/fit@0.1.0;
            export mlhost:plugin/transform@0.1.0;
            export mlhost:plugin/report@0.1.0;
        }
    ",
    path: "../../wit/0.1.0",
    imports: { default: trappable },
    with: {
        "mlhost:plugin/arrow": crate::contract::wire,
        "mlhost:plugin/data.dataset": crate::session::Dataset,
        "mlhost:plugin/data.scan": crate::session::Scan,
    },
});

pub(crate) use exports::mlhost::plugin::{describe, fit, fold, report, transform};
pub(crate) use mlhost::plugin::{data, log, metric, progress, types};
