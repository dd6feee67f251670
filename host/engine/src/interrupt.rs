//! Ends runs from elsewhere: at once, or when what runs has ended.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use mlhost_sandbox::CancelToken;

/// Ends a run from elsewhere. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Interrupt {
    draining: Arc<AtomicBool>,
    cancel: [CancelToken; 2],
}

impl Interrupt {
    /// Ends what these tokens end.
    pub(crate) fn of(cancel: [CancelToken; 2]) -> Self {
        Self {
            draining: Arc::default(),
            cancel,
        }
    }

    /// No further step starts, and those that run go on to their end.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Ends everything at once.
    pub fn cancel(&self) {
        self.drain();
        self.cancel.iter().for_each(CancelToken::cancel);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
