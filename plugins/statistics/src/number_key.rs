//! A number as a key of a hash table: numbers have no equality of their own that a
//! table could use, and their bits are a poor hash.

/// The bits of a number, -0.0 as 0.0, rotated by half; each NaN is equal to itself.
///
/// The low bits of small whole numbers, which are all that many columns hold, are
/// zero, and would stay so in the product that a multiplicative hash is; rotated, the
/// bits that differ are spread over all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NumberKey(u64);

impl NumberKey {
    /// The key of no number: the bits of -0.0, whose key is that of 0.0.
    pub(crate) const NONE: Self = Self((-0.0_f64).to_bits().rotate_right(32));

    /// The key of a number.
    pub fn of(value: f64) -> Self {
        // Adding 0.0 makes 0.0 of -0.0 and changes nothing else.
        Self((value + 0.0).to_bits().rotate_right(32))
    }

    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// The number.
    pub fn value(self) -> f64 {
        f64::from_bits(self.0.rotate_right(32))
    }
}
