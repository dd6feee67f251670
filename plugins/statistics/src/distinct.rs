//! How many different values a column holds: exact as long as they are few, after that the
//! estimate of a HyperLogLog sketch, and either way the same for every split of the rows, every
//! order and every tree of merges.
//!
//! The sketch is that of Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog: the analysis of a
//! near-optimal cardinality estimation algorithm" (AofA 2007), over 64-bit hashes; what it is read
//! by is Ertl's improved raw estimator ("New cardinality estimation algorithms for HyperLogLog
//! sketches", arXiv:1702.01284, 2017), which needs no tables of corrections and has no range in
//! which it is biased.
//!
//! The crates that there are, such as `hyperloglogplus`, keep sparse registers by what came first, so
//! that two splits of the same rows do not serialise alike, and a state here is named by its digest;
//! most of them hash by a seed of the process as well. The tests compare with that crate.

mod registers;

use std::collections::HashSet;

use arrow_array::Array;
use arrow_schema::{DataType, TimeUnit};
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::column::{for_each_present, for_each_text, is_numeric};
use crate::hash::{mixed, of_text};
use crate::{NumberKey, Result};

use registers::Registers;
pub use registers::STANDARD_ERROR;

/// Up to so many different values are counted exactly.
pub const EXACT_DISTINCT: usize = 16_384;

/// How many different values there are.
///
/// Up to [`EXACT_DISTINCT`] of them the count is exact, but for two values of one 64-bit hash:
/// among as many texts there are such two with a probability below 1e-11, among numbers never.
/// Beyond that it is an estimate whose relative standard error is [`STANDARD_ERROR`], in 16 KiB
/// whatever the number of rows. Nulls and NaN are none; -0.0 is 0.0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Serial", into = "Serial")]
pub struct Distinct {
    seen: Seen,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    /// The hashes of all values.
    Hashes(HashSet<u64, FxBuildHasher>),
    Sketch(Registers),
}

impl Default for Seen {
    fn default() -> Self {
        Self::Hashes(HashSet::default())
    }
}

/// The serialised form: equal knowledge, equal bytes.
#[derive(Serialize, Deserialize)]
enum Serial {
    /// In ascending order.
    Hashes(Vec<u64>),
    Sketch(Vec<u8>),
}

/// A serialised count that no count serialises to.
#[derive(Debug, thiserror::Error)]
#[error("the serialised number of different values is damaged: {0}")]
struct Damaged(&'static str);

impl Distinct {
    /// Takes in numbers.
    pub fn update(&mut self, values: &[f64]) {
        for &value in values {
            if !value.is_nan() {
                self.add_hash(mixed(NumberKey::of(value).bits()));
            }
        }
    }

    /// Takes in a text.
    pub fn add_text(&mut self, text: &str) {
        self.add_hash(of_text(text));
    }

    /// Takes in a column of numbers, booleans, dates, times or texts.
    ///
    /// # Errors
    /// [`crate::Error::NotText`] where it holds none of them.
    pub fn update_array(&mut self, array: &dyn Array) -> Result<()> {
        let data_type = array.data_type();
        if is_long(data_type) {
            self.update_long(array);
            Ok(())
        } else if is_numeric(data_type) {
            for_each_present(array, |values| self.update(values)).map(drop)
        } else {
            for_each_text(array, |text| {
                if let Some(text) = text {
                    self.add_text(text);
                }
            })
        }
    }

    /// Takes in a value by its key (see [`crate::column::for_each_key`]).
    pub fn add_key(&mut self, key: u64) {
        self.add_hash(mixed(key));
    }

    /// Takes in the hash of a value: all bits have to be as good as random.
    pub fn add_hash(&mut self, hash: u64) {
        match &mut self.seen {
            Seen::Hashes(hashes) => {
                hashes.insert(hash);
                self.keep_bound();
            }
            Seen::Sketch(registers) => registers.add(hash),
        }
    }

    /// Takes in what another one has seen.
    pub fn merge(&mut self, later: &Self) {
        match (&mut self.seen, &later.seen) {
            (Seen::Hashes(ours), Seen::Hashes(theirs)) => ours.extend(theirs),
            (Seen::Sketch(ours), Seen::Hashes(theirs)) => {
                theirs.iter().for_each(|hash| ours.add(*hash));
            }
            (Seen::Sketch(ours), Seen::Sketch(theirs)) => ours.merge(theirs),
            (Seen::Hashes(ours), Seen::Sketch(theirs)) => {
                let mut sketch = theirs.clone();
                ours.iter().for_each(|hash| sketch.add(*hash));
                self.seen = Seen::Sketch(sketch);
            }
        }
        self.keep_bound();
    }

    /// How many different values there are, or an estimate of it.
    pub fn count(&self) -> f64 {
        match &self.seen {
            Seen::Hashes(hashes) => hashes.len() as f64,
            Seen::Sketch(registers) => registers.estimate(),
        }
    }

    /// Whether the count is exact.
    pub fn is_exact(&self) -> bool {
        matches!(self.seen, Seen::Hashes(_))
    }

    /// Integers of 64 bits, of which not all have an `f64` of their own.
    fn update_long(&mut self, array: &dyn Array) {
        let data = array.to_data();
        let values: &[u64] = data.buffer(0);
        for (row, value) in values.iter().take(data.len()).enumerate() {
            if data.is_valid(row) {
                self.add_hash(mixed(*value));
            }
        }
    }

    fn keep_bound(&mut self) {
        if let Seen::Hashes(hashes) = &self.seen
            && hashes.len() > EXACT_DISTINCT
        {
            let mut sketch = Registers::default();
            hashes.iter().for_each(|hash| sketch.add(*hash));
            self.seen = Seen::Sketch(sketch);
        }
    }
}

fn is_long(data_type: &DataType) -> bool {
    use TimeUnit::{Microsecond, Nanosecond};
    matches!(
        data_type,
        DataType::Int64
            | DataType::UInt64
            | DataType::Date64
            | DataType::Time64(Microsecond | Nanosecond)
            | DataType::Timestamp(_, _)
            | DataType::Duration(_)
    )
}

impl From<Distinct> for Serial {
    fn from(distinct: Distinct) -> Self {
        match distinct.seen {
            Seen::Hashes(hashes) => {
                let mut hashes: Vec<_> = hashes.into_iter().collect();
                hashes.sort_unstable();
                Self::Hashes(hashes)
            }
            Seen::Sketch(registers) => Self::Sketch(registers.into_bytes()),
        }
    }
}

impl TryFrom<Serial> for Distinct {
    type Error = Damaged;

    fn try_from(serial: Serial) -> std::result::Result<Self, Damaged> {
        let seen = match serial {
            Serial::Hashes(hashes) if hashes.len() > EXACT_DISTINCT => {
                return Err(Damaged("more hashes than are kept"));
            }
            Serial::Hashes(hashes) if !hashes.is_sorted_by(|hash, next| hash < next) => {
                return Err(Damaged("its hashes are not in ascending order"));
            }
            Serial::Hashes(hashes) => Seen::Hashes(hashes.into_iter().collect()),
            Serial::Sketch(bytes) => {
                let registers = Registers::from_bytes(bytes);
                Seen::Sketch(registers.ok_or(Damaged("its registers cannot be"))?)
            }
        };
        Ok(Self { seen })
    }
}
