//! The package through its public face.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod columns;
mod parts;
mod refusals;
mod support;
mod table;
mod unique;
mod values;
