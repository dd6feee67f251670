//! How often each key occurs, in no order that means anything.

use std::hash::Hash;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::recent::{Recent, RecentKey};

/// How often each key occurs.
#[derive(Clone, Debug)]
pub(crate) struct Counter<K> {
    counts: IndexMap<K, u64, FxBuildHasher>,
    recent: Recent<K>,
}

impl<K: RecentKey + Hash> Counter<K> {
    /// Counts a key once more.
    pub(crate) fn count(&mut self, key: K) {
        let Self { counts, recent } = self;
        let place = recent.place(key, || {
            let entry = counts.entry(key);
            let place = entry.index();
            entry.or_default();
            place
        });
        if let Some((_, count)) = counts.get_index_mut(place) {
            *count += 1;
        }
    }

    /// Counts a key so many times more.
    pub(crate) fn add(&mut self, key: K, times: u64) {
        *self.counts.entry(key).or_default() += times;
    }

    /// Counts every key as often more as another counter has.
    pub(crate) fn merge(&mut self, later: &Self) {
        for (key, times) in later.iter() {
            self.add(key, times);
        }
    }

    /// The number of different keys.
    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Every key with its count.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, u64)> + '_ {
        self.counts.iter().map(|(key, count)| (*key, *count))
    }
}

impl<K> Default for Counter<K> {
    fn default() -> Self {
        Self {
            counts: IndexMap::default(),
            recent: Recent::default(),
        }
    }
}

impl<K: Hash + Eq> FromIterator<(K, u64)> for Counter<K> {
    /// From keys that are all different.
    fn from_iter<I: IntoIterator<Item = (K, u64)>>(counts: I) -> Self {
        Self {
            counts: counts.into_iter().collect(),
            recent: Recent::default(),
        }
    }
}

impl<K: Hash + Eq> PartialEq for Counter<K> {
    fn eq(&self, other: &Self) -> bool {
        self.counts == other.counts
    }
}
