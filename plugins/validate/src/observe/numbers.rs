//! Looks at columns of numbers, block by block: the ends of a block are found first, which is all that
//! most observations ask for, and its values are converted only for one that asks for more.

use std::cell::OnceCell;

use arrow_array::ArrayRef;
use arrow_buffer::{BooleanBuffer, NullBuffer};
use mlhost_plugin::Result;
use mlhost_statistics::Extremes;
use mlhost_statistics::column::{BLOCK_ROWS, Ends, for_each_block};

use super::{Batch, both, data};
use crate::forms::Range;
use crate::membership::Membership;
use crate::plan::Observation;
use crate::seen::{Look, Seen};
use crate::tally::{Tally, Value};

/// The numbers of consecutive rows.
struct Numbers {
    first_row: u64,
    array: ArrayRef,
    /// Which of the rows are looked at; all where there is none.
    mask: Option<BooleanBuffer>,
    ends: Ends,
    /// One for each row, NaN where it is missing, as soon as somebody asks.
    values: OnceCell<Vec<f64>>,
}

/// Takes in the column that these observations share.
pub(super) fn update(
    observations: &[Observation],
    members: &[usize],
    seen: &mut [Seen],
    batch: &Batch<'_>,
) -> Result<()> {
    let Some(first) = members.first() else {
        return Ok(());
    };
    let array = batch.column(observations[*first].columns[0]);
    for first_row in (0..array.len()).step_by(BLOCK_ROWS) {
        let length = BLOCK_ROWS.min(array.len() - first_row);
        let array = array.slice(first_row, length);
        let mask = batch.mask.map(|mask| mask.slice(first_row, length));
        let numbers = Numbers {
            first_row: batch.number(first_row),
            ends: Ends::of(&array, mask.as_ref()).map_err(data)?,
            array,
            mask,
            values: OnceCell::new(),
        };
        for number in members {
            numbers.look(&observations[*number].look, &mut seen[*number]);
        }
    }
    Ok(())
}

/// The values with NaN where one is not there.
fn with_missing(values: &[f64], present: Option<&BooleanBuffer>) -> Vec<f64> {
    let Some(present) = present else {
        return values.to_vec();
    };
    let chunks = present.bit_chunks();
    let words = chunks.iter().chain([chunks.remainder_bits()]);
    let mut with_missing = Vec::with_capacity(values.len());
    for (values, word) in values.chunks(64).zip(words) {
        with_missing.extend(values.iter().enumerate().map(|(at, value)| {
            // Where all bits are set, that is a NaN.
            let missing = (word >> at & 1).wrapping_sub(1);
            f64::from_bits(value.to_bits() | missing)
        }));
    }
    with_missing
}

impl Numbers {
    fn look(&self, look: &Look, seen: &mut Seen) {
        match (look, seen) {
            (Look::Nulls, Seen::Tally(tally)) => self.nulls(tally),
            (Look::Between(range), Seen::Range(tally, extremes)) => {
                self.between(*range, tally, extremes);
            }
            (Look::Members { members, allowed }, Seen::Tally(tally)) => {
                self.members(members, *allowed, tally);
            }
            (Look::Moments, Seen::Moments(moments)) => moments.update(self.values()),
            (Look::Sum, Seen::Sum(sum)) => sum.update(self.values(), self.missing()),
            (Look::Extremes, Seen::Extremes(extremes)) => extremes.include_ends(self.ends),
            (Look::Distribution, Seen::Distribution(distribution)) => {
                distribution.update(self.values());
            }
            (Look::Order(way), Seen::Order(order)) => {
                for (row, value) in self.present() {
                    order.add(*way, row, value);
                }
            }
            _ => {}
        }
    }

    fn values(&self) -> &[f64] {
        self.values.get_or_init(|| {
            let mut values = Vec::new();
            // It is one block, of numbers, whose ends are known already.
            let _ = for_each_block(&self.array, |block| {
                let valid = block.validity.as_ref().map(NullBuffer::inner);
                let present = both(valid, self.mask.as_ref());
                values = with_missing(block.values, present.as_ref());
            });
            values
        })
    }

    fn rows(&self) -> u64 {
        self.array.len() as u64
    }

    fn missing(&self) -> u64 {
        self.ends.missing as u64
    }

    /// The values that are there, with their rows.
    fn present(&self) -> impl Iterator<Item = (u64, f64)> {
        let values = (self.first_row..).zip(self.values().iter().copied());
        values.filter(|(_, value)| !value.is_nan())
    }

    fn nulls(&self, tally: &mut Tally) {
        tally.values += self.rows();
        if tally.is_full() || self.missing() == 0 {
            tally.unexpected += self.missing();
            return;
        }
        let values = (self.first_row..).zip(self.values());
        for (row, _) in values.filter(|(_, value)| value.is_nan()) {
            tally.unexpected(row, || Value::Null);
        }
    }

    fn between(&self, range: Range, tally: &mut Tally, extremes: &mut Extremes) {
        tally.values += self.rows() - self.missing();
        if self.missing() == self.rows() {
            return;
        }
        extremes.include_ends(self.ends);
        let Ends { low, high, .. } = self.ends;
        // Most blocks are as expected, and end with a look at their ends.
        if range.contains(low) && range.contains(high) {
            return;
        }
        for (row, value) in self.present() {
            if !range.contains(value) {
                tally.unexpected(row, || Value::Number(value));
            }
        }
    }

    fn members(&self, members: &Membership, allowed: bool, tally: &mut Tally) {
        tally.values += self.rows() - self.missing();
        for (row, value) in self.present() {
            if members.has_number(value) != allowed {
                tally.unexpected(row, || Value::Number(value));
            }
        }
    }
}
