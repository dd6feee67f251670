//! The ends of a run of numbers, found in the numbers' own type while they are read for the first
//! time: what most checks of a column are done with, before anything is converted.

use arrow_array::types::{ArrowPrimitiveType, Float64Type};
use arrow_array::{Array, BooleanArray, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::numbers::{Reader, read};
use crate::Result;

/// How many values are compared side by side, so that one need not wait for the other.
const LANES: usize = 8;

/// How many values are taken in between two looks at the time, which a plugin takes for each round of
/// a loop.
const AT_ONCE: usize = 4 * LANES;

/// The smallest and the largest number of some rows, and how many rows have none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ends {
    /// The smallest number; positive infinity where there is none.
    pub low: f64,
    /// The largest number; negative infinity where there is none.
    pub high: f64,
    /// How many rows hold no number, but null or NaN, or are left out.
    pub missing: usize,
}

impl Ends {
    /// Of the rows of a column of numbers, but for those that a mask leaves out.
    ///
    /// # Errors
    /// [`crate::Error::NotNumeric`] where [`super::is_numeric`] says no.
    pub fn of(array: &dyn Array, mask: Option<&BooleanBuffer>) -> Result<Self> {
        let mut reader = EndsReader {
            mask,
            ends: Self::of_none(array.len()),
        };
        read(array, &mut reader)?;
        Ok(reader.ends)
    }

    /// Of numbers among which NaN is none.
    pub fn of_values(values: &[f64]) -> Self {
        ends(values, None, f64::from)
    }

    fn of_none(rows: usize) -> Self {
        Self {
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            missing: rows,
        }
    }
}

struct EndsReader<'a> {
    mask: Option<&'a BooleanBuffer>,
    ends: Ends,
}

impl EndsReader<'_> {
    /// The rows that are valid and not left out; all where there is none.
    fn present(&self, nulls: Option<&NullBuffer>) -> Option<BooleanBuffer> {
        match (nulls.map(NullBuffer::inner), self.mask) {
            (Some(valid), Some(mask)) => Some(valid & mask),
            (valid, mask) => valid.or(mask).cloned(),
        }
    }
}

impl Reader for EndsReader<'_> {
    fn floats(&mut self, array: &PrimitiveArray<Float64Type>) {
        self.numbers(array, f64::from);
    }

    fn numbers<T: ArrowPrimitiveType>(
        &mut self,
        array: &PrimitiveArray<T>,
        to_f64: impl Fn(T::Native) -> f64,
    ) {
        let present = self.present(array.nulls());
        self.ends = ends(array.values(), present.as_ref(), to_f64);
    }

    fn booleans(&mut self, array: &BooleanArray) {
        let bytes: Vec<u8> = array.values().iter().map(u8::from).collect();
        let present = self.present(array.nulls());
        self.ends = ends(&bytes, present.as_ref(), f64::from);
    }

    fn nulls(&mut self, rows: usize) {
        self.ends = Ends::of_none(rows);
    }
}

/// The ends of values of any type, of which `present` has all that count.
fn ends<N: Copy + PartialOrd>(
    values: &[N],
    present: Option<&BooleanBuffer>,
    to_f64: impl Fn(N) -> f64,
) -> Ends {
    let is_present = |row: usize| present.is_none_or(|present| present.value(row));
    let mut rows = values.iter().enumerate();
    let first = rows.find(|(row, value)| is_present(*row) && !is_nan(**value));
    let Some((_, first)) = first else {
        return Ends::of_none(values.len());
    };
    let mut lanes = Lanes::new(*first);
    match present {
        None => lanes.update(values),
        Some(present) => {
            let chunks = present.bit_chunks();
            let words = chunks.iter().chain([chunks.remainder_bits()]);
            for (values, word) in values.chunks(u64::BITS as usize).zip(words) {
                lanes.update_present(values, word);
            }
        }
    }
    let absent = present.map_or(0, |present| values.len() - present.count_set_bits());
    let nans: u64 = lanes.nans.iter().sum();
    let ends = lanes.low.into_iter().zip(lanes.high);
    let (low, high) = ends.fold((*first, *first), |(low, high), (lower, higher)| {
        (lesser(lower, low), greater(higher, high))
    });
    Ends {
        low: to_f64(low),
        high: to_f64(high),
        missing: absent + nans as usize,
    }
}

/// The ends of values side by side, each of some of all values.
struct Lanes<N> {
    /// A number among them, which stands for those that do not count.
    first: N,
    low: [N; LANES],
    high: [N; LANES],
    nans: [u64; LANES],
}

impl<N: Copy + PartialOrd> Lanes<N> {
    fn new(first: N) -> Self {
        Self {
            first,
            low: [first; LANES],
            high: [first; LANES],
            nans: [0; LANES],
        }
    }

    /// Takes in values, all of which count.
    fn update(&mut self, values: &[N]) {
        let (rounds, rest) = values.as_chunks::<AT_ONCE>();
        for round in rounds {
            self.update_round(round);
        }
        for value in rest {
            self.add(*value);
        }
    }

    /// Takes in no more values than a word has bits. Those whose bits are set count.
    fn update_present(&mut self, values: &[N], word: u64) {
        match word {
            0 => return,
            u64::MAX => return self.update(values),
            _ => {}
        }
        let (rounds, rest) = values.as_chunks::<AT_ONCE>();
        for (number, round) in rounds.iter().enumerate() {
            let bits = word >> (number * AT_ONCE);
            let present = std::array::from_fn(|at| match bits >> at & 1 {
                0 => self.first,
                _ => round[at],
            });
            self.update_round(&present);
        }
        let first = rounds.len() * AT_ONCE;
        for (at, value) in rest.iter().enumerate() {
            if word >> (first + at) & 1 != 0 {
                self.add(*value);
            }
        }
    }

    // Its lanes stay in registers only where it is part of the loop.
    #[inline(always)]
    fn update_round(&mut self, round: &[N; AT_ONCE]) {
        for lanes in round.as_chunks::<LANES>().0 {
            for (lane, value) in lanes.iter().enumerate() {
                self.low[lane] = lesser(*value, self.low[lane]);
                self.high[lane] = greater(*value, self.high[lane]);
                self.nans[lane] += u64::from(is_nan(*value));
            }
        }
    }

    fn add(&mut self, value: N) {
        self.low[0] = lesser(value, self.low[0]);
        self.high[0] = greater(value, self.high[0]);
        self.nans[0] += u64::from(is_nan(value));
    }
}

/// The first where it is less. A comparison with NaN is false, so that NaN changes nothing.
fn lesser<N: PartialOrd>(value: N, low: N) -> N {
    if value < low { value } else { low }
}

/// The first where it is greater.
fn greater<N: PartialOrd>(value: N, high: N) -> N {
    if value > high { value } else { high }
}

/// What does not even compare with itself.
fn is_nan<N: PartialOrd>(value: N) -> bool {
    value.partial_cmp(&value).is_none()
}
