//! See `mlhost_fuzz::package`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mlhost_fuzz::package(bytes));
