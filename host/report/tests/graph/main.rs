//! Drawings of pipelines, as they look and as they have to be for any graph.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod drawings;
mod escapes;
mod generated;
mod groups;
mod lanes;
mod picture;
