//! See `mlhost_fuzz::emitted_batch`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mlhost_fuzz::emitted_batch(bytes));
