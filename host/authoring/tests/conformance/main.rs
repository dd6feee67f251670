//! The conformance suite: good plugins pass it, and each check fails where its promise is broken.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod flaws;
mod manifests;
mod reports;
mod standard;
mod support;
