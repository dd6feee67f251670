//! A set of texts. Codes are short and sets of them small, so that a code is one number, which is
//! looked for where its hash says: a column of them takes a few instructions a row.

use rustc_hash::FxHashSet;

/// Texts of as many bytes are one number.
const SHORT: usize = 7;

/// Any large odd number with its bits well mixed: this is 2^64 divided by the golden ratio.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// A set of texts.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    /// Twice as many places as there are short texts, or more, a power of two of them: each empty or
    /// with a text's number, in the first empty place from where its hash says.
    places: Vec<u64>,
    short: usize,
    long: FxHashSet<String>,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            places: vec![EMPTY; 2],
            short: 0,
            long: FxHashSet::default(),
        }
    }
}

/// What no text has for a number.
const EMPTY: u64 = 0;

impl Texts {
    pub(crate) fn insert(&mut self, text: &str) {
        let Some(number) = number(text) else {
            self.long.insert(text.to_owned());
            return;
        };
        if self.place(number) {
            return;
        }
        self.short += 1;
        if 2 * self.short > self.places.len() {
            let numbers = std::mem::take(&mut self.places).into_iter();
            self.places = vec![EMPTY; (2 * self.short).next_power_of_two()];
            numbers
                .filter(|number| *number != EMPTY)
                .for_each(|number| self.put(number));
        }
        self.put(number);
    }

    /// Puts a number that is not there into the first empty place.
    fn put(&mut self, number: u64) {
        let mut places = probe(&self.places, number);
        if let Some(place) = places.find(|place| self.places[*place] == EMPTY) {
            self.places[place] = number;
        }
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        self.contains_at(text.as_bytes(), 0, text.len(), || text)
    }

    /// Whether the text is in the set that these bytes hold from `start` on. Only a long one is asked
    /// for as `text`: a short one in the middle of others is read in one go.
    #[inline]
    pub(crate) fn contains_at<'a>(
        &self,
        bytes: &[u8],
        start: usize,
        length: usize,
        text: impl FnOnce() -> &'a str,
    ) -> bool {
        match number_at(bytes, start, length) {
            Some(number) => self.place(number),
            None => self.long.contains(text()),
        }
    }

    /// Whether there is a place with this number.
    #[inline]
    fn place(&self, number: u64) -> bool {
        let last = self.places.len() - 1;
        let mut place = first_place(number);
        // Half of the places are empty, so that this ends.
        loop {
            match self.places[place & last] {
                found if found == number => return true,
                EMPTY => return false,
                _ => place += 1,
            }
        }
    }
}

/// The places, from where the hash says.
fn probe(places: &[u64], number: u64) -> impl Iterator<Item = usize> + use<> {
    let length = places.len();
    let first = first_place(number) & (length - 1);
    (first..first + length).map(move |place| place & (length - 1))
}

/// The place that the hash says, of as many as there may be.
fn first_place(number: u64) -> usize {
    (number.wrapping_mul(MULTIPLIER) >> 33) as usize
}

/// The number of a short text.
fn number(text: &str) -> Option<u64> {
    number_at(text.as_bytes(), 0, text.len())
}

/// The number of a short text among these bytes: its own, and above them its length, which is counted
/// from one.
#[inline]
fn number_at(bytes: &[u8], start: usize, length: usize) -> Option<u64> {
    if length > SHORT {
        return None;
    }
    let word = match bytes.get(start..).and_then(|rest| rest.first_chunk()) {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let rest = bytes.get(start..)?.iter().take(length).rev();
            rest.fold(0, |word, byte| word << 8 | u64::from(*byte))
        }
    };
    let own = (1 << (8 * length)) - 1;
    Some(word & own | (length as u64 + 1) << (8 * SHORT))
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
        for text in &texts {
            assert_eq!(set.contains(text), expected.contains(text), "{text:?}");
        }
        assert!(!Texts::default().contains(""));
    }
}
