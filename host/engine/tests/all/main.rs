//! Pipelines on small generated tables, through the engine's public face. They run the standard
//! packages, which `cargo xtask plugins` builds.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod caching;
mod predictions;
mod records;
mod repetition;
mod retries;
mod stacking;
mod stopping;
mod support;
