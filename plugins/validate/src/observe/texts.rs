//! Looks at columns of texts, and of booleans, row by row.

use arrow_array::cast::AsArray;
use arrow_array::{Array, GenericStringArray, OffsetSizeTrait};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::{Batch, both};
use crate::expression::TextColumn;
use crate::plan::Observation;
use crate::seen::{Look, Seen};
use crate::tally::{Tally, Value};
use crate::texts::Texts;

/// How many texts are looked for between two looks at the time.
const AT_ONCE: usize = 4;

/// Takes in the column that these observations share.
pub(super) fn update(
    observations: &[Observation],
    members: &[usize],
    seen: &mut [Seen],
    batch: &Batch<'_>,
) {
    let Some(first) = members.first() else { return };
    let texts = TextColumn::of(batch.column(observations[*first].columns[0]));
    for number in members {
        let Seen::Tally(tally) = &mut seen[*number] else {
            continue;
        };
        let look = &observations[*number].look;
        if let Look::Members { members, allowed } = look {
            let asked = (members.texts(), *allowed);
            match texts {
                TextColumn::Short(array) => members_of(array, asked, tally, batch),
                TextColumn::Long(array) => members_of(array, asked, tally, batch),
                _ => each(&texts, look, tally, batch),
            }
        } else {
            each(&texts, look, tally, batch);
        }
    }
}

/// Looks whether texts are members, or are none, where they lie one behind the other.
fn members_of<O: OffsetSizeTrait>(
    array: &GenericStringArray<O>,
    (members, allowed): (&Texts, bool),
    tally: &mut Tally,
    batch: &Batch<'_>,
) {
    let rows = both(array.nulls().map(NullBuffer::inner), batch.mask);
    let looked_at = |row: usize| rows.as_ref().is_none_or(|rows| rows.value(row));
    tally.values += rows
        .as_ref()
        .map_or(array.len(), BooleanBuffer::count_set_bits) as u64;
    let asked = Asked {
        array,
        bytes: array.value_data(),
        members,
        allowed,
    };
    asked.for_each_unexpected(|row| {
        if looked_at(row) {
            tally.unexpected(batch.number(row), || Value::text(array.value(row)));
        }
    });
}

/// Texts of which each is asked whether it is a member.
struct Asked<'a, O: OffsetSizeTrait> {
    array: &'a GenericStringArray<O>,
    bytes: &'a [u8],
    members: &'a Texts,
    /// Whether members are what is expected.
    allowed: bool,
}

impl<O: OffsetSizeTrait> Asked<'_, O> {
    /// Several texts a round: before each, a plugin looks whether its time is up.
    fn for_each_unexpected(&self, mut tell: impl FnMut(usize)) {
        let offsets = self.array.value_offsets();
        let (starts, last_starts) = offsets[..self.array.len()].as_chunks::<AT_ONCE>();
        let (ends, last_ends) = offsets[1..].as_chunks::<AT_ONCE>();
        for (round, (starts, ends)) in starts.iter().zip(ends).enumerate() {
            let row = round * AT_ONCE;
            // Written out: a loop over them would look at the time as well.
            let unexpected = [
                self.is_unexpected(row, starts[0], ends[0]),
                self.is_unexpected(row + 1, starts[1], ends[1]),
                self.is_unexpected(row + 2, starts[2], ends[2]),
                self.is_unexpected(row + 3, starts[3], ends[3]),
            ];
            if unexpected != [false; AT_ONCE] {
                let rows = (row..).zip(unexpected);
                rows.filter(|(_, unexpected)| *unexpected)
                    .for_each(|(row, _)| tell(row));
            }
        }
        let last = last_starts.iter().zip(last_ends);
        for (row, (start, end)) in (starts.len() * AT_ONCE..).zip(last) {
            if self.is_unexpected(row, *start, *end) {
                tell(row);
            }
        }
    }

    /// A call would take as long as the look itself.
    #[inline(always)]
    fn is_unexpected(&self, row: usize, start: O, end: O) -> bool {
        let (start, length) = (start.as_usize(), end.as_usize() - start.as_usize());
        let text = || self.array.value(row);
        self.members.contains_at(self.bytes, start, length, text) != self.allowed
    }
}

/// Looks at the text of each row.
fn each(texts: &TextColumn<'_>, look: &Look, tally: &mut Tally, batch: &Batch<'_>) {
    for row in 0..batch.rows.num_rows() {
        if !batch.is_selected(row) {
            continue;
        }
        let Some(text) = texts.get(row) else { continue };
        tally.values += 1;
        if !is_expected(look, text) {
            tally.unexpected(batch.number(row), || Value::text(text));
        }
    }
}

fn is_expected(look: &Look, text: &str) -> bool {
    match look {
        Look::Members { members, allowed } => members.has_text(text) == *allowed,
        Look::Pattern(regex) => regex.is_match(text),
        Look::Length { min, max } => {
            let length = text.chars().count();
            min.is_none_or(|min| length >= min as usize)
                && max.is_none_or(|max| length <= max as usize)
        }
        _ => true,
    }
}

/// Takes in a column of booleans.
pub(super) fn booleans(observation: &Observation, seen: &mut Seen, batch: &Batch<'_>) {
    let (Look::Members { members, allowed }, Seen::Tally(tally)) = (&observation.look, seen) else {
        return;
    };
    let values = batch.column(observation.columns[0]).as_boolean();
    for (row, value) in values.iter().enumerate() {
        let Some(value) = value.filter(|_| batch.is_selected(row)) else {
            continue;
        };
        tally.values += 1;
        if members.has_boolean(value) != *allowed {
            tally.unexpected(batch.number(row), || Value::Boolean(value));
        }
    }
}
