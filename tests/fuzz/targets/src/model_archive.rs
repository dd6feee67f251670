//! See `mlhost_fuzz::model_archive`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mlhost_fuzz::model_archive(bytes));
