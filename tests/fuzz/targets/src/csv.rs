//! See `mlhost_fuzz::csv`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mlhost_fuzz::csv(bytes));
