//! The clock of an instance: it stands still, but for the sleep of the plugin, or is that of the
//! system where the step grants it.

use std::{
    thread,
    time::{Duration, Instant, SystemTime},
};

use crate::engine::TICK;

/// Where the clock stands still: the year 2000. Formats of files know no time before 1980.
const STANDS_AT: Duration = Duration::from_secs(946_684_800);

/// A clock.
pub(super) enum Clock {
    /// It stands still.
    Still {
        /// Nanoseconds that the plugin has slept.
        slept: u64,
    },
    /// It goes.
    Going {
        /// Since then.
        since: Instant,
    },
}

impl Clock {
    /// That of the system, if it is granted.
    pub(super) fn new(is_granted: bool) -> Self {
        match is_granted {
            true => Self::Going {
                since: Instant::now(),
            },
            false => Self::Still { slept: 0 },
        }
    }

    /// Nanoseconds since the instance was made.
    pub(super) fn now(&self) -> u64 {
        match self {
            Self::Still { slept } => *slept,
            Self::Going { since } => u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX),
        }
    }

    /// The time since 1970.
    pub(super) fn time(&self) -> Duration {
        match self {
            Self::Still { slept } => STANDS_AT + Duration::from_nanos(*slept),
            Self::Going { .. } => SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default(),
        }
    }

    /// Waits for a moment, but never for long, and gives whether it is still to come. A clock that
    /// stands still goes there at once.
    pub(super) fn wait_until(&mut self, moment: u64) -> bool {
        match self {
            Self::Still { slept } => {
                *slept = moment.max(*slept);
                false
            }
            Self::Going { .. } => {
                let missing = moment.saturating_sub(self.now());
                thread::sleep(TICK.min(Duration::from_nanos(missing)));
                self.now() < moment
            }
        }
    }
}
