//! The package through its public face.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod categories;
mod numbers;
mod parts;
mod readme;
mod rules;
mod scikit_learn;
mod support;
