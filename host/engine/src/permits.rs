//! How many threads compute at once: every step holds a permit while it works,
//! and a fold takes more of them while no other step waits for one.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mlhost_sandbox::CancelToken;

/// How often a step that waits looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(50);

/// A number of permits to compute. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Permits(Arc<Shared>);

#[derive(Debug)]
struct Shared {
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
pub(crate) struct Held(Permits);

impl Permits {
    pub(crate) fn new(number: usize) -> Self {
        let state = State {
            free: number.max(1),
            waiting: 0,
        };
        Self(Arc::new(Shared {
            state: Mutex::new(state),
            returned: Condvar::new(),
        }))
    }

    /// Waits for one; there is none for who was cancelled in the meantime.
    pub(crate) fn one(&self, cancel: &CancelToken) -> Option<Held> {
        let mut state = self.state();
        state.waiting += 1;
        while state.free == 0 && !cancel.is_cancelled() {
            let waited = self.0.returned.wait_timeout(state, LOOK);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting -= 1;
        if cancel.is_cancelled() {
            return None;
        }
        state.free -= 1;
        Some(Held(self.clone()))
    }

    /// Takes one without waiting, if one is free and nobody waits for it.
    pub(crate) fn spare(&self) -> Option<Held> {
        let mut state = self.state();
        if state.free == 0 || state.waiting > 0 {
            return None;
        }
        state.free -= 1;
        Some(Held(self.clone()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Whether somebody waits for a permit.
    pub(crate) fn is_wanted(&self) -> bool {
        self.0.state().waiting > 0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.state().free += 1;
        self.0.0.returned.notify_one();
    }
}
