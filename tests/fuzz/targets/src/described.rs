//! See `mlhost_fuzz::described`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mlhost_fuzz::described(bytes));
