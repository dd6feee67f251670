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
