//! How often a step is tried again, and how long it waits before: the rule is pure, so that it can
//! be tested without a clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;
use crate::limits;
use crate::node::Entry;
use crate::reader::{self, Section};

const KEYS: [&str; 6] = ["limit", "policy", "delay", "factor", "max_delay", "jitter"];

/// When a step that failed is tried again. Without a `retry` in the file it never is.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// How many more times than the first; 0 for none.
    pub limit: u32,
    /// After which failures.
    pub policy: Policy,
    /// The wait before the first further attempt.
    pub delay: Duration,
    /// What the wait is multiplied by after each failure; at least 1.
    pub factor: f64,
    /// The longest wait.
    pub max_delay: Duration,
    /// Whether waits are drawn at random.
    pub jitter: Jitter,
}

/// Which failures are worth another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Those that may pass by themselves: an error that the plugin calls transient, a time-out, a
    /// source that cannot be read at the moment. The default.
    Transient,
    /// All of them, except wrong parameters and wrong data, which stay wrong.
    Always,
    /// None.
    Never,
}

/// Whether a wait is drawn at random, so that many that failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Jitter {
    /// Anything from zero to the whole wait, as in [Exponential Backoff And Jitter]. The default.
    ///
    /// [Exponential Backoff And Jitter]: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    Full,
    /// The wait as it is.
    None,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            limit: 0,
            policy: Policy::Transient,
            delay: Duration::from_secs(1),
            factor: 2.0,
            max_delay: Duration::from_secs(60),
            jitter: Jitter::Full,
        }
    }
}

impl Retry {
    /// The wait after this many failures (at least one), before the next attempt: `delay` times
    /// `factor` to the power of the failures before this one, at most `max_delay`, and with
    /// [`Jitter::Full`] the share `random` of that. `random` is from 0 to 1.
    pub fn wait(&self, failures: u32, random: f64) -> Duration {
        let exponent = f64::from(failures.saturating_sub(1));
        let longest = self.max_delay.as_secs_f64();
        let seconds = (self.delay.as_secs_f64() * self.factor.powf(exponent)).min(longest);
        let seconds = match self.jitter {
            Jitter::Full => seconds * random.clamp(0.0, 1.0),
            Jitter::None => seconds,
        };
        // A product that overflows is infinite, and then the longest wait is the smaller one.
        Duration::try_from_secs_f64(seconds).unwrap_or(self.max_delay)
    }
}

/// Reads `retry = { limit = 3, … }`.
pub(crate) fn read(entry: &Entry, title: &str, diagnostics: &mut Diagnostics) -> Option<Retry> {
    let title = format!("`retry` in {title}");
    let hint = "write `retry = { limit = 3 }`, for example";
    reader::table_or(&entry.node, &title, hint, diagnostics)?;
    let section = Section::open(entry, &title, &KEYS, diagnostics)?;
    let remedy = "add `limit = 3`, the number of further attempts";
    let limit = section.required("limit", remedy, diagnostics);
    let limit = limit.and_then(|entry| {
        let what = section.key("limit");
        let range = 0..=1000;
        reader::integer_in(&entry.node, &what, range, diagnostics)
    });
    let mut duration = |key: &str| {
        let entry = section.optional(key)?;
        limits::timeout(&entry.node, &section.key(key), diagnostics)
    };
    let (delay, max_delay) = (duration("delay"), duration("max_delay"));
    let policy = section.optional("policy").and_then(|entry| {
        let known = [
            ("transient", Policy::Transient),
            ("always", Policy::Always),
            ("never", Policy::Never),
        ];
        reader::one_of(&entry.node, &section.key("policy"), &known, diagnostics)
    });
    let jitter = section.optional("jitter").and_then(|entry| {
        let known = [("full", Jitter::Full), ("none", Jitter::None)];
        reader::one_of(&entry.node, &section.key("jitter"), &known, diagnostics)
    });
    let factor = section.optional("factor").and_then(|entry| {
        let what = section.key("factor");
        let factor = reader::number(&entry.node, &what, diagnostics)?;
        if factor.is_finite() && factor >= 1.0 {
            return Some(factor);
        }
        let hint = "write `factor = 2.0` to double the wait each time, `1.0` to keep it";
        let message = format!("{what} is below 1: waits would become shorter");
        reader::report(&entry.node, message, Some(hint.to_owned()), diagnostics);
        None
    });
    let defaults = Retry::default();
    let delay = delay.unwrap_or(defaults.delay);
    if let (Some(longest), Some(entry)) = (max_delay, section.optional("max_delay"))
        && longest < delay
    {
        let message = format!("{} is shorter than `delay`", section.key("max_delay"));
        let hint = "make `max_delay` the longer one, or leave it out";
        reader::report(&entry.node, message, Some(hint.to_owned()), diagnostics);
    }
    Some(Retry {
        limit: u32::try_from(limit?).ok()?,
        policy: policy.unwrap_or(defaults.policy),
        delay,
        factor: factor.unwrap_or(defaults.factor),
        max_delay: max_delay.unwrap_or(defaults.max_delay.max(delay)),
        jitter: jitter.unwrap_or(defaults.jitter),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Jitter, Retry};

    fn retry(factor: f64, jitter: Jitter) -> Retry {
        Retry {
            limit: 9,
            factor,
            jitter,
            ..Retry::default()
        }
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = retry(2.0, Jitter::None);
        let waits: Vec<u64> = (1..=8).map(|n| retry.wait(n, 0.3).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn full_jitter_takes_a_share_of_the_wait() {
        let retry = retry(2.0, Jitter::Full);
        assert_eq!(retry.wait(3, 0.0), Duration::ZERO);
        assert_eq!(retry.wait(3, 0.25), Duration::from_secs(1));
        assert_eq!(retry.wait(3, 1.0), Duration::from_secs(4));
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_the_longest(
            factor in 1.0f64..1e9, failures in 0u32..10_000, random in 0.0f64..=1.0,
        ) {
            for jitter in [Jitter::Full, Jitter::None] {
                let retry = retry(factor, jitter);
                prop_assert!(retry.wait(failures, random) <= retry.max_delay);
            }
        }
    }
}
