//! The ends of a block of numbers, and how many of them are missing: what most blocks are done with.

/// How many values are compared side by side, so that one need not wait for the other.
const LANES: usize = 8;

/// The smallest and the largest number of a block, and how many are NaN.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) missing: u64,
}

impl Ends {
    /// Of no numbers, the lowest is above the highest.
    pub(super) fn of(values: &[f64]) -> Self {
        let mut low = [f64::INFINITY; LANES];
        let mut high = [f64::NEG_INFINITY; LANES];
        let mut missing = [0_u64; LANES];
        let (chunks, rest) = values.as_chunks::<LANES>();
        for chunk in chunks {
            for lane in 0..LANES {
                let value = chunk[lane];
                // A comparison with NaN is false, so that NaN changes nothing.
                low[lane] = if value < low[lane] { value } else { low[lane] };
                high[lane] = if value > high[lane] {
                    value
                } else {
                    high[lane]
                };
                missing[lane] += u64::from(value.is_nan());
            }
        }
        for value in rest {
            low[0] = if *value < low[0] { *value } else { low[0] };
            high[0] = if *value > high[0] { *value } else { high[0] };
            missing[0] += u64::from(value.is_nan());
        }
        Self {
            low: low.into_iter().fold(f64::INFINITY, f64::min),
            high: high.into_iter().fold(f64::NEG_INFINITY, f64::max),
            missing: missing.iter().sum(),
        }
    }
}
