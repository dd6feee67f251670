//! Real components in the sandbox: the standard packages, and plugins that do what they should
//! not. They are built by `cargo xtask plugins`.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "the hostile collection uses the rest of it")]
mod asks;
mod cache;
mod columns;
mod compiling;
#[allow(dead_code, reason = "the hostile collection uses the rest of it")]
#[path = "../hostile/entry.rs"]
mod entry;
mod every_limit;
mod folding;
mod grants;
mod limits;
mod loading;
#[allow(dead_code, reason = "the hostile collection uses the rest of it")]
#[path = "../hostile/monsters.rs"]
mod monsters;
#[allow(dead_code, reason = "the hostile collection uses the rest of it")]
mod support;
mod training;
mod transforming;
mod types;
mod wasi;
