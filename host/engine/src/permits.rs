//! How many threads compute at once: every step holds a permit while it works,
//! and a fold takes more of them while nobody else wants them.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A number of permits to compute.
#[derive(Debug)]
pub(crate) struct Permits {
    free: Mutex<usize>,
    returned: Condvar,
}

/// Permits that somebody holds; they go back when this is dropped.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    permits: &'a Permits,
    number: usize,
}

impl Permits {
    pub(crate) fn new(number: usize) -> Self {
        Self {
            free: Mutex::new(number.max(1)),
            returned: Condvar::new(),
        }
    }

    /// Waits for one.
    pub(crate) fn one(&self) -> Held<'_> {
        let mut free = self.free();
        while *free == 0 {
            free = self
                .returned
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Held {
            permits: self,
            number: 1,
        }
    }

    /// Takes as many as are free, at most `wanted`, without waiting.
    pub(crate) fn up_to(&self, wanted: usize) -> Held<'_> {
        let mut free = self.free();
        let number = wanted.min(*free);
        *free -= number;
        Held {
            permits: self,
            number,
        }
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held<'_> {
    pub(crate) fn number(&self) -> usize {
        self.number
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.permits.free() += self.number;
        self.permits.returned.notify_all();
    }
}
