//! How many threads compute at once: every step holds a permit while it works,
//! and a fold takes more of them while no other step waits for one.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A number of permits to compute.
#[derive(Debug)]
pub(crate) struct Permits {
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Debug)]
struct State {
    free: usize,
    /// How many wait for one.
    waiting: usize,
}

/// A permit that somebody holds; it goes back when this is dropped.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    permits: &'a Permits,
}

impl Permits {
    pub(crate) fn new(number: usize) -> Self {
        let state = State {
            free: number.max(1),
            waiting: 0,
        };
        Self {
            state: Mutex::new(state),
            returned: Condvar::new(),
        }
    }

    /// Waits for one.
    pub(crate) fn one(&self) -> Held<'_> {
        let mut state = self.state();
        state.waiting += 1;
        while state.free == 0 {
            state = self
                .returned
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting -= 1;
        state.free -= 1;
        Held { permits: self }
    }

    /// Takes as many as are free, at most `wanted`, without waiting.
    pub(crate) fn up_to(&self, wanted: usize) -> Vec<Held<'_>> {
        let mut state = self.state();
        let number = wanted.min(state.free);
        state.free -= number;
        (0..number).map(|_| Held { permits: self }).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held<'_> {
    /// Whether somebody waits for a permit.
    pub(crate) fn is_wanted(&self) -> bool {
        self.permits.state().waiting > 0
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.permits.state().free += 1;
        self.permits.returned.notify_one();
    }
}
