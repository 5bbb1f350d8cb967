//! How a client behaves.

use crate::json::Limits;
use std::time::Duration;

/// How a client connects and waits.
///
/// ```
/// use qapi_runtime::client::Options;
/// use std::time::Duration;
///
/// let options = Options::new().timeout(Duration::from_secs(5)).out_of_band(false);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How long connecting may take, negotiation included.
    pub connect_timeout: Option<Duration>,
    /// How long a call may take, unless it says otherwise.
    pub timeout: Option<Duration>,
    /// Whether out-of-band execution is switched on when the server offers it.
    pub out_of_band: bool,
    /// How many events wait for a stream that is not read; then the oldest are dropped.
    pub event_capacity: usize,
    /// Limits for what the server sends.
    pub limits: Limits,
}

impl Options {
    /// The default: 30 seconds to connect, any time for a call, out-of-band where it is offered, 1024 events.
    #[must_use]
    pub const fn new() -> Options {
        Options {
            // A monitor serves one client at a time, so connecting to one that is taken would wait for ever.
            connect_timeout: Some(Duration::from_secs(30)),
            timeout: None,
            out_of_band: true,
            event_capacity: 1024,
            limits: Limits::QMP,
        }
    }

    /// The same with a limit for connecting; `None` waits for ever.
    #[must_use]
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Options {
        self.connect_timeout = limit.into();
        self
    }

    /// The same with a limit for each call.
    #[must_use]
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Options {
        self.timeout = limit.into();
        self
    }

    /// The same with or without out-of-band execution.
    #[must_use]
    pub const fn out_of_band(mut self, wanted: bool) -> Options {
        self.out_of_band = wanted;
        self
    }

    /// The same with another number of events that may wait, at least one.
    #[must_use]
    pub const fn event_capacity(mut self, events: usize) -> Options {
        self.event_capacity = if events == 0 { 1 } else { events };
        self
    }

    /// The same with limits for what the server sends.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Options {
        self.limits = limits;
        self
    }
}

impl Default for Options {
    fn default() -> Options {
        Options::new()
    }
}
