//! See `mlhost_fuzz::returned_report`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mlhost_fuzz::returned_report(bytes));
