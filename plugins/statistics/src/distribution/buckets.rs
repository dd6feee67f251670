//! Buckets of a fixed relative width, found from the bits of a number.
//!
//! DDSketch takes bucket `ceil(log(x) / log(gamma))`. Its fast variant replaces the
//! logarithm by a function that is linear between powers of two; on binary floating
//! point that function is the leading bits of the number themselves. It needs half
//! again as many buckets for the same error, and in return gives the same bucket on
//! every processor, which a logarithm of the platform's own library does not.

/// How many of the 52 bits of the fraction tell buckets apart: 512 buckets between
/// one power of two and the next.
const FRACTION_BITS: u32 = 9;
const DROPPED_BITS: u32 = 52 - FRACTION_BITS;

/// The middle of a bucket is off from each value in it by at most this share of the
/// value: half the width of the bucket, 2^-9 of the power of two below it.
pub const RELATIVE_ERROR: f64 = 1.0 / 1024.0;

use crate::RecentKey;

/// A bucket: 0 for the value zero, positive for positive values, and the negative of
/// the bucket of `-x` for a negative `x`, so that buckets are ordered as values are.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub(super) struct Bucket(i32);

impl Bucket {
    const INFINITE: i32 = (0x7ff << FRACTION_BITS) + 1;

    /// The bucket of a value that is not NaN.
    pub(super) fn of(value: f64) -> Self {
        if value == 0.0 {
            return Self(0);
        }
        // At most 0x7ff << 9 for numbers that are not NaN, so that it fits.
        let magnitude = (value.abs().to_bits() >> DROPPED_BITS) as i32 + 1;
        Self(if value < 0.0 { -magnitude } else { magnitude })
    }

    /// The value in the middle, which stands for all of the bucket.
    pub(super) fn middle(self) -> f64 {
        let magnitude = match self.0.abs() {
            0 => 0.0,
            Self::INFINITE => f64::INFINITY,
            bucket => {
                let low = ((bucket - 1) as u64) << DROPPED_BITS;
                f64::from_bits(low | 1 << (DROPPED_BITS - 1))
            }
        };
        if self.0 < 0 { -magnitude } else { magnitude }
    }

    /// Whether a value that is not NaN can be in this bucket.
    pub(super) fn exists(self) -> bool {
        (-Self::INFINITE..=Self::INFINITE).contains(&self.0)
    }
}

impl RecentKey for Bucket {
    const NONE: Self = Self(i32::MIN);

    fn bits(self) -> u64 {
        u64::from(self.0.cast_unsigned())
    }
}
