//! The places with the smallest hashes, of all that are offered: what a sample of a number of rows
//! is made of.

use std::collections::BinaryHeap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A row with its hash. No two rows are equal, even where their hashes are, so that a number of
/// smallest ones is always well defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) hash: u64,
    pub(super) part: u64,
    pub(super) row: u64,
}

/// A shared [`Heap`].
#[derive(Debug)]
pub(super) struct Smallest(Mutex<Heap>);

/// The smallest places so far, the largest of them on top: memory for as many as are wanted.
#[derive(Debug)]
pub(super) struct Heap {
    wanted: u64,
    places: BinaryHeap<Place>,
}

impl Smallest {
    pub(super) fn new(wanted: u64) -> Self {
        Self(Mutex::new(Heap {
            wanted,
            places: BinaryHeap::new(),
        }))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Heap> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heap {
    /// Whether a place is among the smallest so far; if so, it is kept.
    pub(super) fn offer(&mut self, place: Place) -> bool {
        if (self.places.len() as u64) < self.wanted {
            self.places.push(place);
            return true;
        }
        let Some(mut largest) = self.places.peek_mut().filter(|largest| place < **largest) else {
            return false;
        };
        *largest = place;
        true
    }

    /// The largest of those that are wanted, unless fewer were offered.
    pub(super) fn last(&self) -> Option<Place> {
        let is_full = self.places.len() as u64 == self.wanted;
        self.places.peek().copied().filter(|_| is_full)
    }
}
