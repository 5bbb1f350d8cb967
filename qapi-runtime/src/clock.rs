//! Clocks for timestamps and intervals.

use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A point in time, on two scales.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moment {
    /// Time since a fixed point. It never goes back and is used for intervals.
    pub monotonic: Duration,
    /// Time since the Unix epoch, for the timestamps of events.
    pub unix: Duration,
}

impl Moment {
    /// Creates a moment from the times since a fixed point and since the Unix epoch.
    #[must_use]
    pub const fn new(monotonic: Duration, unix: Duration) -> Moment {
        Moment { monotonic, unix }
    }
}

/// A source of time. Tests supply their own.
pub trait Clock: Send + Sync + 'static {
    /// The current time.
    fn now(&self) -> Moment;
}

/// The system's clocks.
#[derive(Clone, Copy)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose monotonic time starts now.
    #[must_use]
    pub fn new() -> SystemClock {
        SystemClock { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> SystemClock {
        SystemClock::new()
    }
}

impl fmt::Debug for SystemClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemClock")
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        Moment {
            monotonic: self.start.elapsed(),
            // A clock before 1970 gives 0, which is at least valid.
            unix: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        }
    }
}
