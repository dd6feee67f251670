//! See `mlhost_fuzz::pipeline`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mlhost_fuzz::pipeline(bytes));
