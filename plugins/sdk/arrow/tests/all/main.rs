//! The crate through its public face: what crosses comes back equal, and nothing that a peer
//! sends can do harm.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod arrays;
mod flat_batches;
mod hostile;
mod refusals;
mod round_trip;
mod schemas;
