//! Looks at columns of numbers, block by block: a block is converted once, what is missing in it is
//! NaN, and then every observation looks at it while it is in the nearest cache.

use arrow_buffer::{BooleanBuffer, NullBuffer};
use mlhost_plugin::Result;
use mlhost_statistics::Extremes;
use mlhost_statistics::column::{BLOCK_ROWS, Block, for_each_block};

use super::ends::Ends;
use super::{Batch, both, data};
use crate::forms::Range;
use crate::membership::Membership;
use crate::plan::Observation;
use crate::seen::{Look, Seen};
use crate::tally::{Tally, Value};

/// The numbers of consecutive rows.
struct Numbers<'a> {
    first_row: u64,
    /// NaN is missing.
    values: &'a [f64],
    ends: Ends,
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
    let mut present = [0.0; BLOCK_ROWS];
    for_each_block(array, |block| {
        let values = with_missing(&block, batch.mask, &mut present);
        let numbers = Numbers {
            first_row: batch.number(block.first_row),
            values,
            ends: Ends::of(values),
        };
        for number in members {
            numbers.look(&observations[*number].look, &mut seen[*number]);
        }
    })
    .map_err(data)
}

/// The values of a block with NaN where one is null, or its row is not selected.
fn with_missing<'a>(
    block: &Block<'a>,
    mask: Option<&BooleanBuffer>,
    present: &'a mut [f64; BLOCK_ROWS],
) -> &'a [f64] {
    let mask = mask.map(|mask| mask.slice(block.first_row, block.values.len()));
    let validity = block.validity.as_ref().map(NullBuffer::inner);
    let Some(present_rows) = both(validity, mask.as_ref()) else {
        return block.values;
    };
    let present = &mut present[..block.values.len()];
    let chunks = present_rows.bit_chunks();
    let words = chunks.iter().chain([chunks.remainder_bits()]);
    for ((to, from), word) in present
        .chunks_mut(64)
        .zip(block.values.chunks(64))
        .zip(words)
    {
        copy_present(to, from, word);
    }
    present
}

/// Copies the values whose bits are set; the others become NaN.
fn copy_present(to: &mut [f64], from: &[f64], mut word: u64) {
    if word.count_ones() > 16 {
        to.copy_from_slice(from);
        word = !word;
        while word != 0 {
            if let Some(to) = to.get_mut(word.trailing_zeros() as usize) {
                *to = f64::NAN;
            }
            word &= word - 1;
        }
        return;
    }
    to.fill(f64::NAN);
    while word != 0 {
        let row = word.trailing_zeros() as usize;
        to[row] = from[row];
        word &= word - 1;
    }
}

impl Numbers<'_> {
    fn look(&self, look: &Look, seen: &mut Seen) {
        let missing = self.ends.missing;
        match (look, seen) {
            (Look::Nulls, Seen::Tally(tally)) => self.nulls(tally),
            (Look::Between(range), Seen::Range(tally, extremes)) => {
                self.between(*range, tally, extremes);
            }
            (Look::Members { members, allowed }, Seen::Tally(tally)) => {
                self.members(members, *allowed, tally);
            }
            (Look::Moments, Seen::Moments(moments)) => moments.update(self.values),
            (Look::Sum, Seen::Sum(sum)) => sum.update(self.values, missing),
            (Look::Extremes, Seen::Extremes(extremes)) => {
                extremes
                    .update(&[self.ends.low, self.ends.high][..2 * usize::from(self.has_any())]);
            }
            (Look::Distribution, Seen::Distribution(distribution)) => {
                distribution.update(self.values);
            }
            (Look::Order(way), Seen::Order(order)) => {
                for (row, value) in self.present() {
                    order.add(*way, row, value);
                }
            }
            _ => {}
        }
    }

    fn has_any(&self) -> bool {
        self.ends.missing < self.values.len() as u64
    }

    /// The values that are there, with their rows.
    fn present(&self) -> impl Iterator<Item = (u64, f64)> {
        let values = (self.first_row..).zip(self.values.iter().copied());
        values.filter(|(_, value)| !value.is_nan())
    }

    fn nulls(&self, tally: &mut Tally) {
        tally.values += self.values.len() as u64;
        if tally.is_full() || self.ends.missing == 0 {
            tally.unexpected += self.ends.missing;
            return;
        }
        for (row, _) in (self.first_row..)
            .zip(self.values)
            .filter(|(_, value)| value.is_nan())
        {
            tally.unexpected(row, || Value::Null);
        }
    }

    fn between(&self, range: Range, tally: &mut Tally, extremes: &mut Extremes) {
        let Ends { low, high, missing } = self.ends;
        tally.values += self.values.len() as u64 - missing;
        if !self.has_any() {
            return;
        }
        extremes.update(&[low, high]);
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
        tally.values += self.values.len() as u64 - self.ends.missing;
        for (row, value) in self.present() {
            if members.has_number(value) != allowed {
                tally.unexpected(row, || Value::Number(value));
            }
        }
    }
}
