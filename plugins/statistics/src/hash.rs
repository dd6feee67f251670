//! Hashes of values whose bits are all as good as random, and the same on every machine: for
//! sketches and samples, whose results follow from them.

use twox_hash::XxHash3_64;

/// The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014), with the constants of Stafford's variant 13: different bits stay
/// different, and each decides all of the result.
pub fn mixed(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// The XXH3 hash of a text.
pub fn of_text(text: &str) -> u64 {
    XxHash3_64::oneshot(text.as_bytes())
}
