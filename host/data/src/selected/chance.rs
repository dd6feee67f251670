//! Chance that is the same everywhere and always: hashes by XXH64, of which the algorithm is laid
//! down for good, of a seed and of what stands for a row.

use std::fmt::{self, Write as _};
use std::ops::Range;

use arrow::array::{Array, ArrayRef};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use twox_hash::XxHash64;

/// What a hash is for: a row that is likely in a sample is not thereby likely on a side of a
/// split, even where both have the same seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Sample,
    Split,
    Fold,
}

impl Purpose {
    fn mark(self) -> u8 {
        match self {
            Self::Sample => 1,
            Self::Split => 2,
            Self::Fold => 3,
        }
    }
}

/// The hash of a position: a part of the table, and a row of that part before any selection.
pub(super) fn of_position(seed: u64, purpose: Purpose, part: u64, row: u64) -> u64 {
    let mut bytes = [0; 17];
    bytes[0] = purpose.mark();
    bytes[1..9].copy_from_slice(&part.to_le_bytes());
    bytes[9..].copy_from_slice(&row.to_le_bytes());
    XxHash64::oneshot(seed, &bytes)
}

/// A hash as a number from 0 to below 1, each of 2^53 equally likely.
pub(super) fn unit(hash: u64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits are left, which f64 has"
    )]
    let number = (hash >> 11) as f64;
    number / 9_007_199_254_740_992.0
}

/// A share of all chances: those in a range, or all others.
#[derive(Clone, PartialEq)]
pub(super) struct Share {
    range: Range<f64>,
    outside: bool,
}

impl Share {
    pub(super) fn of(range: Range<f64>) -> Self {
        Self {
            range,
            outside: false,
        }
    }

    /// All chances but these.
    pub(super) fn outside(range: Range<f64>) -> Self {
        Self {
            range,
            outside: true,
        }
    }

    pub(super) fn holds(&self, hash: u64) -> bool {
        self.range.contains(&unit(hash)) != self.outside
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outside = if self.outside { "all but " } else { "" };
        write!(f, "{outside}{:?}", self.range)
    }
}

/// Hashes the values of some columns, row by row. A value counts as the text that it is shown as,
/// so that numbers in a Parquet and in a CSV file are the same.
pub(super) struct ValueHasher<'a> {
    seed: u64,
    columns: Vec<(&'a dyn Array, ArrayFormatter<'a>)>,
    bytes: String,
}

impl<'a> ValueHasher<'a> {
    pub(super) fn new(seed: u64, columns: &'a [ArrayRef]) -> Result<Self, ArrowError> {
        const OPTIONS: FormatOptions<'static> = FormatOptions::new();
        let columns = columns.iter().map(|column| {
            let formatter = ArrayFormatter::try_new(column.as_ref(), &OPTIONS)?;
            Ok((column.as_ref(), formatter))
        });
        Ok(Self {
            seed,
            columns: columns.collect::<Result<_, ArrowError>>()?,
            bytes: String::new(),
        })
    }

    pub(super) fn hash(&mut self, row: usize) -> Result<u64, fmt::Error> {
        self.bytes.clear();
        for (column, formatter) in &self.columns {
            let start = self.bytes.len();
            // The mark keeps a null apart from the empty text, the length the columns from each
            // other.
            if column.is_null(row) {
                self.bytes.push('\0');
                continue;
            }
            write!(self.bytes, "{}", formatter.value(row))?;
            let length = self.bytes.len() - start;
            write!(self.bytes, "\u{1}{length}\u{1}")?;
        }
        Ok(XxHash64::oneshot(self.seed, self.bytes.as_bytes()))
    }
}
