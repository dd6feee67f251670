//! Which failures are worth another attempt, and the wait before it.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    thread,
    time::{Duration, Instant},
};

use mlhost_pipeline::{Policy, Retry};
use mlhost_sandbox::{CancelToken, Failure};

use crate::Error;

/// How often someone who waits looks whether that is still wanted.
const LOOK: Duration = Duration::from_millis(20);

/// What retries need of time and chance, so that their rules can be tested without either.
pub trait Clock: Send + Sync {
    /// Waits so long, or until the token ends it. Whether it was not ended.
    fn wait(&self, time: Duration, cancel: &CancelToken) -> bool;

    /// A random number from 0 to 1, which decides on waits and never on results.
    fn random(&self) -> f64;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct MachineClock;

impl Clock for MachineClock {
    fn wait(&self, time: Duration, cancel: &CancelToken) -> bool {
        let end = Instant::now() + time;
        while !cancel.is_cancelled() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(LOOK));
        }
        false
    }

    fn random(&self) -> f64 {
        // Each hasher of the standard library has random keys.
        let bits = RandomState::new().build_hasher().finish() >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }
}

/// What kind of failure an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    /// It may pass by itself.
    Transient,
    /// It may be different another time, though there is no reason to believe it.
    Unclear,
    /// It stays.
    Lasting,
}

/// Whether a step that has failed so often is tried again after this error.
pub(crate) fn is_retried(retry: &Retry, failures: u32, error: &Error) -> bool {
    if failures > retry.limit {
        return false;
    }
    match retry.policy {
        Policy::Never => false,
        Policy::Transient => nature(error) == Nature::Transient,
        Policy::Always => nature(error) != Nature::Lasting,
    }
}

fn nature(error: &Error) -> Nature {
    match error {
        Error::Sandbox(mlhost_sandbox::Error::Plugin { failure, .. }) => match failure.as_ref() {
            Failure::TimedOut(_) => Nature::Transient,
            Failure::Reported(reported) => match reported.kind.as_str() {
                "transient" => Nature::Transient,
                "invalid-params" | "invalid-data" => Nature::Lasting,
                _ => Nature::Unclear,
            },
            Failure::Cancelled => Nature::Lasting,
            _ => Nature::Unclear,
        },
        Error::Data(error) if error.is_transient() => Nature::Transient,
        Error::Sandbox(_) => Nature::Unclear,
        _ => Nature::Lasting,
    }
}
