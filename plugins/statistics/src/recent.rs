//! Finds again what was found lately: a column of few values asks for the same ones again and
//! again, and a hash table, which has to be right about all of them, takes several times as long.
//!
//! A key has one slot, found by one multiplication; a key that comes to a slot drives out the one
//! that was there. What is remembered never changes a result, only how soon it is there.

use crate::NumberKey;

/// How many bits of a product choose the slot.
const SLOT_BITS: u32 = 11;

const SLOTS: usize = 1 << SLOT_BITS;

/// 2^64 divided by the golden ratio, an odd number whose multiples spread well (Knuth, The Art of
/// Computer Programming 3, 6.4).
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// A place among `2^bits`, of 1 bit or more, that follows from all bits of a key.
pub(crate) fn spread(key: u64, bits: u32) -> usize {
    (key.wrapping_mul(MULTIPLIER) >> (u64::BITS - bits)) as usize
}

/// A key that is cheap to spread and to compare.
pub trait RecentKey: Copy + Eq {
    /// A key that is never looked for.
    const NONE: Self;

    /// What tells most keys apart.
    fn bits(self) -> u64;
}

/// Remembers of each key that was looked for lately at which place it was found.
#[derive(Clone, Debug)]
pub struct Recent<K> {
    /// None before the first key, then always as many as there are.
    slots: Vec<(K, usize)>,
}

impl<K: RecentKey> Recent<K> {
    /// The place of a key, which never changes: from `find` where it is not remembered.
    #[inline]
    pub fn place(&mut self, key: K, find: impl FnOnce() -> usize) -> usize {
        let slot = spread(key.bits(), SLOT_BITS);
        match self.slots.get(slot) {
            Some((remembered, place)) if *remembered == key => *place,
            _ => self.found(slot, key, find()),
        }
    }

    #[cold]
    fn found(&mut self, slot: usize, key: K, place: usize) -> usize {
        self.slots.resize(SLOTS, (K::NONE, 0));
        if let Some(remembered) = self.slots.get_mut(slot) {
            *remembered = (key, place);
        }
        place
    }
}

impl<K> Default for Recent<K> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl RecentKey for NumberKey {
    const NONE: Self = Self::NONE;

    fn bits(self) -> u64 {
        self.bits()
    }
}

/// A text of at most 16 bytes, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortText {
    first: u64,
    last: u64,
    length: u32,
}

impl ShortText {
    /// `None` of a longer text.
    #[inline]
    pub fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (first, last) = match bytes.len() {
            0 => (0, 0),
            // The first, the middle and the last byte are all there are.
            length @ 1..=3 => {
                let [first, middle, last] = [0, length / 2, length - 1].map(|at| bytes[at]);
                (u64::from_le_bytes([first, middle, last, 0, 0, 0, 0, 0]), 0)
            }
            4..=7 => {
                let (first, last) = (bytes.first_chunk()?, bytes.last_chunk()?);
                let [first, last] = [first, last].map(|four| u64::from(u32::from_le_bytes(*four)));
                (first | last << 32, 0)
            }
            8..=16 => {
                let (first, last) = (bytes.first_chunk()?, bytes.last_chunk()?);
                (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
            }
            _ => return None,
        };
        Some(Self {
            first,
            last,
            length: bytes.len() as u32,
        })
    }
}

impl RecentKey for ShortText {
    const NONE: Self = Self {
        first: 0,
        last: 0,
        length: u32::MAX,
    };

    fn bits(self) -> u64 {
        // Texts of one column often share their beginning or their end.
        self.first ^ self.last.rotate_left(29) ^ u64::from(self.length)
    }
}
