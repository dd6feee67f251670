//! Features as small codes: each distinct value of a feature, in ascending order, is
//! one code, so that growing a tree counts instead of sorting.
//!
//! A feature of at most 65,536 distinct values keeps them all, and its best splits
//! are exact. One of more is cut into at most 65,535 bins of about equally many rows,
//! between which, and nowhere else, it can be split.

use mlhost_statistics::NumberKey;
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
    values: Vec<f64>,
    /// The place of each row's value.
    rows: Vec<u32>,
}

impl FeatureBuilder {
    /// Takes in the values of more rows.
    ///
    /// # Errors
    /// The first row that is NaN; nothing is taken in then.
    pub fn push(&mut self, values: &[f64]) -> Result<(), NotANumber> {
        if let Some(at) = values.iter().position(|value| value.is_nan()) {
            return Err(NotANumber { row: at });
        }
        let Self {
            places,
            values: distinct,
            rows,
        } = self;
        rows.extend(values.iter().map(|&value| {
            *places.entry(NumberKey::of(value)).or_insert_with(|| {
                distinct.push(value);
                (distinct.len() - 1) as u32
            })
        }));
        Ok(())
    }

    /// The feature, once all rows are known.
    pub fn finish(self) -> Feature {
        let Self {
            places,
            values,
            rows,
        } = self;
        drop(places);
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
        let codes = rows
            .into_iter()
            .map(|place| code_of_place[place as usize])
            .collect();
        Feature { codes, ranges }
    }
}

/// Ascending codes for ascending values: a new one whenever another share of the rows
/// has gone by.
fn quantile_codes(ascending: &[u32], rows: &[u32]) -> Vec<u16> {
    let mut counts = vec![0_u64; ascending.len()];
    rows.iter().for_each(|&place| counts[place as usize] += 1);
    let total = rows.len() as u64;
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
