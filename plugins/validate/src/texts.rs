//! A set of texts. Codes are short and sets of them small, so that a code is one number, which is
//! looked for where its hash says: a column of them takes a few instructions a row.

use rustc_hash::FxHashSet;

/// Texts of as many bytes are one number.
const SHORT: usize = 7;

/// Any large odd number with its bits well mixed: this is 2^64 divided by the golden ratio.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// How many hashes are tried for one that gives each text a place of its own, where every look ends
/// at the first place and no processor guesses wrong.
const TRIALS: u64 = 64;

/// A set of texts.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    /// The numbers of the short texts.
    short: FxHashSet<u64>,
    long: FxHashSet<String>,
    table: Table,
}

/// The short texts, ready to be looked for.
#[derive(Clone, Debug)]
struct Table {
    multiplier: u64,
    /// A power of two of them, at least twice as many as there are numbers: each is empty or holds a
    /// number, in the first empty place from where its hash says.
    places: Vec<u64>,
}

/// What no text has for a number.
const EMPTY: u64 = 0;

impl Default for Texts {
    fn default() -> Self {
        Self {
            short: FxHashSet::default(),
            long: FxHashSet::default(),
            table: Table::empty(0, MULTIPLIER),
        }
    }
}

impl Texts {
    /// Adds a text, which is found after [`Texts::finish`].
    pub(crate) fn insert(&mut self, text: &str) {
        match number(text) {
            Some(number) => drop(self.short.insert(number)),
            None => drop(self.long.insert(text.to_owned())),
        }
    }

    pub(crate) fn finish(&mut self) {
        self.table = Table::new(&self.short);
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        self.contains_at(text.as_bytes(), 0, text.len(), || text)
    }

    /// Whether the text is in the set that these bytes hold from `start` on. Only a long one is asked
    /// for as `text`: a short one in the middle of others is read in one go.
    #[inline(always)]
    pub(crate) fn contains_at<'a>(
        &self,
        bytes: &[u8],
        start: usize,
        length: usize,
        text: impl FnOnce() -> &'a str,
    ) -> bool {
        match number_at(bytes, start, length) {
            Some(number) => self.table.contains(number),
            None => self.contains_long(text),
        }
    }

    #[inline(never)]
    fn contains_long<'a>(&self, text: impl FnOnce() -> &'a str) -> bool {
        self.long.contains(text())
    }
}

impl Table {
    /// With the hash under which the fewest numbers are not in their first place.
    fn new(numbers: &FxHashSet<u64>) -> Self {
        let mut best = (usize::MAX, Self::empty(0, MULTIPLIER));
        for trial in 0..TRIALS {
            let mut table = Self::empty(numbers.len(), MULTIPLIER.wrapping_mul(2 * trial + 1));
            let moved = numbers.iter().filter(|number| table.put(**number));
            let moved = moved.count();
            if moved < best.0 {
                best = (moved, table);
            }
            // With many numbers no hash is much better than the other.
            if best.0 == 0 || numbers.len() > TRIALS as usize {
                break;
            }
        }
        best.1
    }

    /// Room for so many numbers.
    fn empty(numbers: usize, multiplier: u64) -> Self {
        let places = (4 * numbers).next_power_of_two().max(2);
        Self {
            multiplier,
            places: vec![EMPTY; places],
        }
    }

    /// Puts in a number that is not there; whether the place is another one than its hash says.
    fn put(&mut self, number: u64) -> bool {
        let first = self.first_place(number);
        let last = self.places.len() - 1;
        let mut place = first;
        // Three of four places are empty, so that this ends.
        while self.places[place] != EMPTY {
            place = (place + 1) & last;
        }
        self.places[place] = number;
        place != first
    }

    /// Nearly every text is in its first place, or in none: how to go on is no part of the loop over
    /// texts.
    #[inline(always)]
    fn contains(&self, number: u64) -> bool {
        let first = self.first_place(number);
        match self.places.get(first) {
            Some(&found) if found == number => true,
            Some(&EMPTY) | None => false,
            Some(_) => self.contains_after(first, number),
        }
    }

    #[inline(never)]
    fn contains_after(&self, first: usize, number: u64) -> bool {
        let (before, after) = self.places.split_at(first);
        let mut places = after.iter().chain(before);
        places.find(|place| [EMPTY, number].contains(place)) == Some(&number)
    }

    /// The place that the hash says.
    #[inline]
    fn first_place(&self, number: u64) -> usize {
        (number.wrapping_mul(self.multiplier) >> 33) as usize & (self.places.len() - 1)
    }
}

/// The number of a short text.
fn number(text: &str) -> Option<u64> {
    number_at(text.as_bytes(), 0, text.len())
}

/// The number of a short text among these bytes: its own, and above them its length, which is counted
/// from one.
#[inline(always)]
fn number_at(bytes: &[u8], start: usize, length: usize) -> Option<u64> {
    if length > SHORT {
        return None;
    }
    let word = match bytes.get(start..).and_then(|rest| rest.first_chunk()) {
        Some(eight) => u64::from_le_bytes(*eight),
        None => last_word(bytes, start),
    };
    let own = (1 << (8 * length)) - 1;
    Some(word & own | (length as u64 + 1) << (8 * SHORT))
}

/// What there is of eight bytes, and then zeros.
#[inline(never)]
fn last_word(bytes: &[u8], start: usize) -> u64 {
    let rest = bytes.get(start..).unwrap_or_default().iter().rev();
    rest.fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_into_it_and_nothing_else() {
        let texts: Vec<String> = (0..3000_u32)
            .map(|number| format!("{:x}", number.wrapping_mul(2_654_435_761) >> (number % 32)))
            .chain(["", "\0", "\0\0", "a", "a\0", "ÄÖÜ", "seven77", "eight888"].map(str::to_owned))
            .collect();
        let mut set = Texts::default();
        let mut expected = std::collections::BTreeSet::new();
        for text in texts.iter().step_by(2) {
            set.insert(text);
            expected.insert(text);
        }
        set.finish();
        for text in &texts {
            assert_eq!(set.contains(text), expected.contains(text), "{text:?}");
        }
        assert!(!Texts::default().contains(""));
    }
}
