//! Models that leave one store and enter another: what comes out is what went in, and an archive
//! that is not in order leaves nothing behind.

#![cfg(test)]

mod cards;
#[path = "../../../store/tests/store/fixture.rs"]
#[expect(dead_code, reason = "it is shared with the tests of the store")]
mod fixture;
mod refusals;
mod round_trip;
mod signatures;
mod support;
mod tampering;
