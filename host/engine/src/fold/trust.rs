//! Which states of parts stay in the cache. One that an instance of its own plugin has not taken yet
//! does not come there: those that are merged are kept when they have been, and that of an only part
//! when something was made of it. And when a plugin refuses a state, nothing stays of the parts that it
//! came of, whichever run has folded them: they are folded again next time.

use mlhost_data::Table;
use mlhost_sandbox::Failure;

use super::Fold;
use crate::{Error, results::Results};

impl Fold {
    /// Settles what stays of the parts, once something was to be made of their state: the state of
    /// which it was, or why nothing was.
    pub(crate) fn settle(&self, made: Result<&[u8], &Error>, results: &Results) {
        match made {
            Ok(state) => self.keep_only_part(state, results),
            Err(error) if is_refusal(error) => self.forget(results),
            Err(_) => {}
        }
    }

    /// Keeps the state of the only part, which nobody has merged.
    fn keep_only_part(&self, state: &[u8], results: &Results) {
        if self.dataset.num_parts() == 1
            && let Ok(Some(key)) = self.key(0)
        {
            results.keep_state(&key, state);
        }
    }

    /// Forgets the states of all parts.
    pub(super) fn forget(&self, results: &Results) {
        for part in 0..self.dataset.num_parts() {
            if let Ok(Some(key)) = self.key(part) {
                results.forget(&key);
            }
        }
    }
}

/// Whether a plugin has failed in a way that says something of the state it was given. One that was
/// ended, or asks to be tried again, has not.
pub(super) fn is_refusal(error: &Error) -> bool {
    let Error::Sandbox(mlhost_sandbox::Error::Plugin { failure, .. }) = error else {
        return false;
    };
    match failure.as_ref() {
        Failure::TimedOut(_) | Failure::Cancelled => false,
        Failure::Reported(reported) => reported.kind != "transient",
        _ => true,
    }
}
