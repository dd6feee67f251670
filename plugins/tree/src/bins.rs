//! Features as small codes: each distinct value of a feature, in ascending order, is
//! one code, so that growing a tree counts instead of sorting.
//!
//! A feature of at most 65,536 distinct values keeps them all, and its best splits
//! are exact. One of more is cut into at most 65,535 bins of about equally many rows,
//! between which, and nowhere else, it can be split.

use mlhost_statistics::{NumberKey, Recent};
use rustc_hash::FxHashMap;

/// The most distinct values that are told apart: as many as there are codes.
const EXACT_VALUES: usize = 1 << 16;

/// Bins of a feature that has more.
const QUANTILE_BINS: u64 = (1 << 16) - 1;

/// A feature of the training rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    codes: Vec<u16>,
    /// The smallest and the largest value of each code.
    ranges: Vec<(f64, f64)>,
}

impl Feature {
    /// The code of each row.
    pub fn codes(&self) -> &[u16] {
        &self.codes
    }

    /// How many codes there are: the codes are the numbers below.
    pub fn distinct(&self) -> usize {
        self.ranges.len()
    }

    /// The number halfway between two codes, at or below which the values of the
    /// lower code lie, and above which those of the upper one.
    pub fn threshold(&self, lower: u16, upper: u16) -> f64 {
        let (_, below) = self.ranges[usize::from(lower)];
        let (above, _) = self.ranges[usize::from(upper)];
        let halfway = below / 2.0 + above / 2.0;
        // Of neighbouring numbers the half may round to the upper one, and it is
        // none at all between infinities.
        if below <= halfway && halfway < above {
            halfway
        } else {
            below
        }
    }
}

/// A row that holds no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANumber {
    /// Its place among the rows that were given, from 0.
    pub row: usize,
}

/// Takes in a feature piece by piece.
#[derive(Debug, Default)]
pub struct FeatureBuilder {
    /// Distinct values in order of appearance, by their place in that order.
    places: FxHashMap<NumberKey, u32>,
    recent: Recent<NumberKey>,
    values: Vec<f64>,
    rows: Rows,
}

/// The place of each row's value: as codes, which take half the memory, until there are more
/// places than codes.
#[derive(Debug)]
enum Rows {
    Codes(Vec<u16>),
    Places(Vec<u32>),
}

impl FeatureBuilder {
    /// With room for so many rows, so that they are never moved to make room.
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            rows: Rows::Codes(Vec::with_capacity(rows)),
            ..Self::default()
        }
    }

    /// Takes in the values of more rows.
    ///
    /// # Errors
    /// The first row that is NaN; nothing is taken in then.
    pub fn push(&mut self, values: &[f64]) -> Result<(), NotANumber> {
        if let Some(at) = values.iter().position(|value| value.is_nan()) {
            return Err(NotANumber { row: at });
        }
        if self.values.len() + values.len() > EXACT_VALUES {
            self.rows.widen();
        }
        let Self {
            places,
            recent,
            values: distinct,
            rows,
        } = self;
        let places = values.iter().map(|&value| {
            let key = NumberKey::of(value);
            recent.place(key, || {
                let place = places.entry(key).or_insert_with(|| {
                    distinct.push(value);
                    (distinct.len() - 1) as u32
                });
                *place as usize
            })
        });
        match rows {
            Rows::Codes(codes) => codes.extend(places.map(|place| place as u16)),
            Rows::Places(rows) => rows.extend(places.map(|place| place as u32)),
        }
        Ok(())
    }

    /// The feature, once all rows are known.
    pub fn finish(self) -> Feature {
        let Self {
            places,
            recent,
            values,
            rows,
        } = self;
        drop((places, recent));
        let mut ascending: Vec<u32> = (0..values.len() as u32).collect();
        ascending.sort_unstable_by(|&place, &other| {
            values[place as usize].total_cmp(&values[other as usize])
        });
        let codes = if values.len() <= EXACT_VALUES {
            (0..=u16::MAX).take(values.len()).collect()
        } else {
            quantile_codes(&ascending, &rows)
        };

        let mut ranges: Vec<(f64, f64)> = Vec::new();
        let mut code_of_place = vec![0; values.len()];
        for (&place, code) in ascending.iter().zip(codes) {
            let value = values[place as usize];
            code_of_place[place as usize] = code;
            match ranges.get_mut(usize::from(code)) {
                Some((_, largest)) => *largest = value,
                None => ranges.push((value, value)),
            }
        }
        Feature {
            codes: rows.into_codes(&code_of_place),
            ranges,
        }
    }
}

impl Rows {
    fn widen(&mut self) {
        if let Self::Codes(codes) = self {
            let mut places = Vec::with_capacity(codes.capacity());
            places.extend(codes.iter().copied().map(u32::from));
            *self = Self::Places(places);
        }
    }

    fn for_each(&self, mut visit: impl FnMut(usize)) {
        match self {
            Self::Codes(codes) => codes.iter().for_each(|&place| visit(place.into())),
            Self::Places(places) => places.iter().for_each(|&place| visit(place as usize)),
        }
    }

    /// The code of each row's value; in the same memory where it has the room of codes.
    fn into_codes(self, code_of_place: &[u16]) -> Vec<u16> {
        match self {
            Self::Codes(mut codes) => {
                for code in &mut codes {
                    *code = code_of_place[usize::from(*code)];
                }
                codes
            }
            Self::Places(places) => places
                .into_iter()
                .map(|place| code_of_place[place as usize])
                .collect(),
        }
    }
}

impl Default for Rows {
    fn default() -> Self {
        Self::Codes(Vec::new())
    }
}

/// Ascending codes for ascending values: a new one whenever another share of the rows
/// has gone by.
fn quantile_codes(ascending: &[u32], rows: &Rows) -> Vec<u16> {
    let mut counts = vec![0_u64; ascending.len()];
    rows.for_each(|place| counts[place] += 1);
    let total: u64 = counts.iter().sum();
    let mut rows_before = 0;
    let mut last_share = 0;
    let mut code = 0;
    let codes = ascending.iter().map(|&place| {
        let share = rows_before * QUANTILE_BINS / total;
        rows_before += counts[place as usize];
        code += u16::from(share > last_share);
        last_share = share;
        code
    });
    codes.collect()
}
