//! See `mlhost_fuzz::arrow_batch`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mlhost_fuzz::arrow_batch(bytes));
