//! What the host holds for an instance beyond its handles: open files and connections, of which the
//! process has few, and the headers and bodies of requests, which are memory of the host. A plugin has
//! some of each at a time, and gets them back when it gives up others.

use std::{
    io::{self, Read},
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use mlhost_pipeline::Limit;

use crate::{Failure, limits::over, session::Stopped};

/// How many files, folders and answers of servers an instance has open at once.
const OPEN: usize = 64;

/// How many sets of headers it has at once.
const HEADERS: usize = 256;

/// What an instance holds.
#[derive(Default)]
pub(crate) struct Holdings {
    open: Arc<AtomicUsize>,
    headers: Arc<AtomicUsize>,
    body_bytes: Arc<AtomicUsize>,
}

/// The right to one of few things, which is given back when this is dropped.
pub(super) struct Slot(Arc<AtomicUsize>);

/// The bytes of a body, which are given back when this is dropped.
pub(super) struct HeldBytes {
    all: Arc<AtomicUsize>,
    own: usize,
}

/// Something that is open, with its slot.
#[expect(
    unreachable_pub,
    reason = "a part of what the generated bindings re-export"
)]
pub struct Held<T> {
    opened: T,
    _slot: Slot,
}

impl Holdings {
    /// Opens one thing more.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn open(&self) -> Result<Slot, Stopped> {
        take(&self.open, OPEN, "files and answers")
    }

    /// Makes one set of headers more.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn headers(&self) -> Result<Slot, Stopped> {
        take(&self.headers, HEADERS, "sets of headers")
    }

    /// A body without any bytes yet.
    pub(super) fn body(&self) -> HeldBytes {
        HeldBytes {
            all: self.body_bytes.clone(),
            own: 0,
        }
    }
}

fn take(count: &Arc<AtomicUsize>, limit: usize, what: &str) -> Result<Slot, Stopped> {
    if count.load(Ordering::Relaxed) == limit {
        let wish = format!("a wish for more than {limit} {what} at once");
        return Err(Stopped::Invalid(wish));
    }
    count.fetch_add(1, Ordering::Relaxed);
    Ok(Slot(count.clone()))
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl HeldBytes {
    /// Counts bytes more, of which all bodies together have at most `limit`.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn add(&mut self, bytes: usize, limit: usize) -> Result<(), Failure> {
        let all = self.all.load(Ordering::Relaxed).saturating_add(bytes);
        if all > limit {
            let what = format!("has {all} bytes to send to servers");
            return Err(over(what, Limit::Returned, limit as u64));
        }
        self.all.fetch_add(bytes, Ordering::Relaxed);
        self.own += bytes;
        Ok(())
    }
}

impl Drop for HeldBytes {
    fn drop(&mut self) {
        self.all.fetch_sub(self.own, Ordering::Relaxed);
    }
}

impl<T> Held<T> {
    pub(super) fn new(opened: T, slot: Slot) -> Self {
        Self {
            opened,
            _slot: slot,
        }
    }
}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.opened
    }
}

impl<T: Read> Read for Held<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.opened.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_up_can_be_had_again() {
        let holdings = Holdings::default();
        let slots: Vec<_> = (0..OPEN).map(|_| holdings.open().unwrap()).collect();
        assert!(holdings.open().is_err());
        assert!(holdings.headers().is_ok());
        drop(slots);
        assert!(holdings.open().is_ok());
    }

    #[test]
    fn bodies_share_their_bytes() {
        let holdings = Holdings::default();
        let (mut first, mut second) = (holdings.body(), holdings.body());
        first.add(60, 100).unwrap();
        assert!(second.add(60, 100).is_err());
        drop(first);
        second.add(60, 100).unwrap();
    }
}
