//! The package through its public face.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod checks;
mod columns;
mod dates;
mod expressions;
mod parts;
mod peers;
mod readme;
mod reference;
mod refusals;
mod support;
mod table;
mod unique;
mod values;
