//! What is wrong with the plugin.

use std::hint::black_box;

/// `flaw:` and a word, filled up with spaces.
static FLAW: [u8; 32] = *b"flaw:none                       ";

/// Whether this is what is wrong with it.
pub(crate) fn is(flaw: &str) -> bool {
    // The compiler must not know the bytes, which are not those of the source.
    let bytes = black_box(&FLAW);
    let word = bytes.strip_prefix(b"flaw:").unwrap_or(bytes);
    word.trim_ascii_end() == flaw.as_bytes()
}
