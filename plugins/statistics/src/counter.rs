//! How often each key occurs, in no order that means anything.
//!
//! A table with open addressing and linear probing (Knuth, The Art of Computer Programming 3, 6.4,
//! algorithm L): a key that is there, which nearly every one is, takes one multiplication, one
//! comparison and one addition right beside it, where a map for all purposes looks at a table and
//! then at what it points to. Counting is all that a distribution does per value.

use crate::column::BLOCK_ROWS;
use crate::recent::{RecentKey, spread};

/// The slots of a table that holds anything, at least.
const FEWEST_SLOTS: usize = 64;

/// How many keys are counted between two looks at the time.
const AT_ONCE: usize = 8;

/// How often each key occurs.
#[derive(Clone, Debug)]
pub(crate) struct Counter<K> {
    /// Keys with their counts, [`RecentKey::NONE`] where a slot is free. None before the first key,
    /// then a power of two, and at most half of them taken.
    slots: Vec<(K, u64)>,
    len: usize,
}

impl<K: RecentKey> Counter<K> {
    /// Counts a key once more.
    pub(crate) fn count(&mut self, key: K) {
        self.add(key, 1);
    }

    /// Counts a key so many times more.
    pub(crate) fn add(&mut self, key: K, times: u64) {
        let mut place = self.first_place(key);
        while let Some((taken, count)) = self.slots.get_mut(place) {
            if *taken == key {
                *count += times;
                return;
            }
            if *taken == K::NONE {
                break;
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
        self.insert(place, key, times);
    }

    /// Counts the keys of a block of values once more where they are at the first place that they may
    /// be at, and returns how many values it has put into `others`, which are those that are elsewhere
    /// or nowhere and those of which `counts` says no.
    pub(crate) fn count_at_first_place<V: Copy>(
        &mut self,
        block: &[V],
        key: impl Fn(V) -> K,
        counts: impl Fn(V) -> bool,
        others: &mut [V; BLOCK_ROWS],
    ) -> usize {
        let mut first_places = self.first_places();
        let mut number_of_others = 0;
        let mut count = |value: V| {
            let is_there = first_places.count(key(value), counts(value));
            // A block has no more values than there are places, so that none is taken twice.
            others[number_of_others % BLOCK_ROWS] = value;
            number_of_others += usize::from(!is_there);
        };
        // Several values a round: before each, a plugin looks whether its time is up.
        let (rounds, rest) = block.as_chunks::<AT_ONCE>();
        for round in rounds {
            round.iter().copied().for_each(&mut count);
        }
        rest.iter().copied().for_each(count);
        number_of_others
    }

    pub(crate) fn first_places(&mut self) -> FirstPlaces<'_, K> {
        FirstPlaces {
            bits: self.place_bits(),
            slots: &mut self.slots,
        }
    }

    /// Counts every key as often more as another counter has.
    pub(crate) fn merge(&mut self, later: &Self) {
        // The keys come in the order of their places: in a table that grew on the way, all of them
        // would crowd at its beginning.
        self.reserve(self.len.max(later.len));
        for (key, times) in later.iter() {
            self.add(key, times);
        }
    }

    /// The number of different keys.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Every key with its count.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, u64)> + '_ {
        self.slots
            .iter()
            .copied()
            .filter(|(key, _)| *key != K::NONE)
    }

    /// Where a key is, or the first place that it may be at.
    fn first_place(&self, key: K) -> usize {
        spread(key.bits(), self.place_bits())
    }

    /// How many bits make up a place. Of a table without slots, which are 64 or more otherwise, a place
    /// is of no use.
    fn place_bits(&self) -> u32 {
        self.slots.len().max(2).trailing_zeros()
    }

    /// Puts in a key that is not there, at a place that is free if there is one.
    #[cold]
    fn insert(&mut self, place: usize, key: K, times: u64) {
        if 2 * (self.len + 1) > self.slots.len() {
            self.reserve(self.len + 1);
            return self.add(key, times);
        }
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = (key, times);
            self.len += 1;
        }
    }

    /// Makes room for so many keys.
    fn reserve(&mut self, keys: usize) {
        let slots = (2 * keys).next_power_of_two().max(FEWEST_SLOTS);
        if slots <= self.slots.len() {
            return;
        }
        let full = std::mem::replace(&mut self.slots, vec![(K::NONE, 0); slots]);
        self.len = 0;
        for (key, times) in full.into_iter().filter(|(key, _)| *key != K::NONE) {
            self.add(key, times);
        }
    }

    /// How often a key was counted; `None` of one that never was.
    pub(crate) fn get(&self, key: K) -> Option<u64> {
        self.slots.get(self.find(key)?).map(|(_, count)| *count)
    }

    /// The same, to be counted more often.
    pub(crate) fn get_mut(&mut self, key: K) -> Option<&mut u64> {
        let place = self.find(key)?;
        self.slots.get_mut(place).map(|(_, count)| count)
    }

    /// The place of a key that is there.
    fn find(&self, key: K) -> Option<usize> {
        let mut place = self.first_place(key);
        loop {
            match *self.slots.get(place)? {
                (taken, _) if taken == key => return Some(place),
                (free, _) if free == K::NONE => return None,
                _ => place = (place + 1) & (self.slots.len() - 1),
            }
        }
    }
}

/// The places of a counter that most keys are found at.
pub(crate) struct FirstPlaces<'a, K> {
    slots: &'a mut [(K, u64)],
    bits: u32,
}

impl<K: RecentKey> FirstPlaces<'_, K> {
    /// Counts a key once more if it `counts` and is at the first place that it may be at; whether it
    /// was counted.
    ///
    /// That is no branch: of a column of random values, a processor would guess wrong again and again.
    #[inline(always)]
    pub(crate) fn count(&mut self, key: K, counts: bool) -> bool {
        let slot = self.slots.get_mut(spread(key.bits(), self.bits));
        slot.is_some_and(|(taken, times)| {
            let is_there = (*taken == key) & counts;
            *times += u64::from(is_there);
            is_there
        })
    }
}

impl<K> Default for Counter<K> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            len: 0,
        }
    }
}

impl<K: RecentKey> FromIterator<(K, u64)> for Counter<K> {
    fn from_iter<I: IntoIterator<Item = (K, u64)>>(counts: I) -> Self {
        let mut counter = Self::default();
        for (key, times) in counts {
            counter.add(key, times);
        }
        counter
    }
}

impl<K: RecentKey> PartialEq for Counter<K> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len
            && self
                .iter()
                .all(|(key, count)| other.get(key) == Some(count))
    }
}
