//! Counts short texts where they lie: a column of codes or names has few different ones, so that nearly
//! every row finds its text where its bytes say, and adds one.

use arrow_array::{Array, GenericStringArray, OffsetSizeTrait};

use crate::recent::spread;

/// How many bits of a product choose the slot.
const SLOT_BITS: u32 = 10;

/// The bytes of the longest text that is counted here.
const LONGEST: usize = 16;

/// The bytes of a text of each length, in the two halves of sixteen.
const MASKS: [(u64, u64); LONGEST + 1] = masks();

/// A text that was seen, and how often since.
#[derive(Clone, Copy, Default)]
struct Slot {
    halves: (u64, u64),
    length: u32,
    /// Zero where the slot is free.
    count: u32,
    /// A row that holds the text.
    row: u32,
}

/// Visits the texts of an array with the number of times that each occurs, a text maybe more than
/// once; `None` stands for null.
pub(super) fn short_text_counts<'a, O: OffsetSizeTrait>(
    array: &'a GenericStringArray<O>,
    visit: &mut impl FnMut(Option<&'a str>, u64),
) {
    let nulls = array.null_count() as u64;
    if nulls > 0 {
        visit(None, nulls);
    }
    let mut slots = vec![Slot::default(); 1 << SLOT_BITS];
    let bytes = array.value_data();
    let offsets = array.value_offsets();
    let ends = offsets.iter().skip(1);
    for (row, (start, end)) in offsets.iter().zip(ends).enumerate() {
        if nulls > 0 && array.is_null(row) {
            continue;
        }
        let (start, end) = (start.as_usize(), end.as_usize());
        let length = end - start;
        let (Some(halves), Ok(number)) = (halves(bytes, start, length), u32::try_from(row)) else {
            visit(Some(array.value(row)), 1);
            continue;
        };
        let slot = &mut slots[place(halves, length)];
        if slot.count > 0 && slot.halves == halves && slot.length == length as u32 {
            slot.count += 1;
            continue;
        }
        let before = std::mem::replace(
            slot,
            Slot {
                halves,
                length: length as u32,
                count: 1,
                row: number,
            },
        );
        hand_over(array, before, visit);
    }
    for slot in slots {
        hand_over(array, slot, visit);
    }
}

fn hand_over<'a, O: OffsetSizeTrait>(
    array: &'a GenericStringArray<O>,
    slot: Slot,
    visit: &mut impl FnMut(Option<&'a str>, u64),
) {
    if slot.count > 0 {
        visit(Some(array.value(slot.row as usize)), u64::from(slot.count));
    }
}

fn place((first, second): (u64, u64), length: usize) -> usize {
    // Texts of one column often share their beginning or their end.
    spread(first ^ second.rotate_left(29) ^ length as u64, SLOT_BITS)
}

/// The bytes of a short text as two numbers, without those that follow it.
#[inline]
fn halves(bytes: &[u8], start: usize, length: usize) -> Option<(u64, u64)> {
    let (first, second) = MASKS.get(length)?;
    let rest = bytes.get(start..)?;
    let sixteen = match rest.first_chunk::<LONGEST>() {
        Some(sixteen) => *sixteen,
        None => {
            let mut sixteen = [0; LONGEST];
            sixteen[..rest.len()].copy_from_slice(rest);
            sixteen
        }
    };
    let half = |at: usize| {
        let half = sixteen[at..].first_chunk().copied().unwrap_or_default();
        u64::from_le_bytes(half)
    };
    Some((half(0) & first, half(8) & second))
}

const fn masks() -> [(u64, u64); LONGEST + 1] {
    let mut masks = [(0, 0); LONGEST + 1];
    let mut length = 1;
    while length <= LONGEST {
        let (first, second) = masks[length - 1];
        masks[length] = if length <= 8 {
            (first << 8 | 0xff, 0)
        } else {
            (first, second << 8 | 0xff)
        };
        length += 1;
    }
    masks
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use arrow_array::{LargeStringArray, StringArray};
    use proptest::prelude::*;

    use super::*;

    fn counted<O: OffsetSizeTrait>(array: &GenericStringArray<O>) -> BTreeMap<Option<String>, u64> {
        let mut counts = BTreeMap::new();
        short_text_counts(array, &mut |text, times| {
            *counts.entry(text.map(str::to_owned)).or_insert(0) += times;
        });
        counts
    }

    proptest! {
        #[test]
        fn every_text_is_counted_as_often_as_it_occurs(
            texts in proptest::collection::vec(
                proptest::option::weighted(0.8, "[a\\x00é]{0,18}|[A-Z]{2}|[A-Z]{15,17}"),
                0..300,
            ),
            skipped in 0..5_usize,
        ) {
            let skipped = skipped.min(texts.len());
            let mut expected = BTreeMap::new();
            for text in texts.iter().skip(skipped) {
                *expected.entry(text.clone()).or_insert(0) += 1;
            }
            let array = StringArray::from(texts.clone());
            let length = texts.len() - skipped;
            prop_assert_eq!(&counted(&array.slice(skipped, length)), &expected);
            let array = LargeStringArray::from(texts);
            prop_assert_eq!(&counted(&array.slice(skipped, length)), &expected);
        }
    }
}
