//! Options of a client.

use crate::json::Limits;
use std::time::Duration;

/// Options of a client: timeouts, out-of-band execution and limits.
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
    /// How long connecting may take, including the negotiation.
    pub connect_timeout: Option<Duration>,
    /// Whether to wait for a server that does not listen yet, see [`wait_for_server`](Options::wait_for_server).
    pub wait_for_server: bool,
    /// How long a TCP connection is idle before it is probed, see [`keepalive`](Options::keepalive).
    pub keepalive: Option<Duration>,
    /// How long a call may take, unless the call sets its own limit.
    pub timeout: Option<Duration>,
    /// Whether to enable out-of-band execution when the server offers it.
    pub out_of_band: bool,
    /// How many events are kept for a stream that is not read. Beyond that, the oldest are dropped.
    pub event_capacity: usize,
    /// Limits for what the server sends.
    pub limits: Limits,
    /// Whether the log has what messages hold, see [`log_contents`](Options::log_contents).
    pub log_contents: bool,
}

impl Options {
    /// The defaults: 30 seconds to connect to a server that listens, TCP without probes, no limit for a call, out-of-band
    /// execution if offered, 1024 events, and a log without what messages hold.
    #[must_use]
    pub const fn new() -> Options {
        Options {
            // A QEMU monitor serves one client at a time: connecting to one that is in use would wait for ever.
            connect_timeout: Some(Duration::from_secs(30)),
            wait_for_server: false,
            keepalive: None,
            timeout: None,
            out_of_band: true,
            event_capacity: 1024,
            limits: Limits::QMP,
            log_contents: false,
        }
    }

    /// Sets the limit for connecting; `None` waits for ever.
    #[must_use]
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Options {
        self.connect_timeout = limit.into();
        self
    }

    /// Sets whether `connect_unix` and `connect_tcp` try again while no server listens, until `connect_timeout`.
    ///
    /// For a server that is being started. `connect_unix_while` also learns that the server's process has ended, and need
    /// not wait for the limit then.
    #[must_use]
    pub const fn wait_for_server(mut self, yes: bool) -> Options {
        self.wait_for_server = yes;
        self
    }

    /// Sets how long a TCP connection may be idle before the kernel probes it; `None` leaves it without probes.
    ///
    /// Without probes, a client that only waits never learns that the server's host has crashed or the network has
    /// changed. The kernel sends further probes after the same time each, and ends the connection when three of them are
    /// not answered. It counts in whole seconds. A system whose times are the same for all sockets keeps them.
    #[must_use]
    pub fn keepalive(mut self, idle: impl Into<Option<Duration>>) -> Options {
        self.keepalive = idle.into();
        self
    }

    /// Sets the limit for each call.
    #[must_use]
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Options {
        self.timeout = limit.into();
        self
    }

    /// Sets whether to enable out-of-band execution.
    #[must_use]
    pub const fn out_of_band(mut self, wanted: bool) -> Options {
        self.out_of_band = wanted;
        self
    }

    /// Sets how many events are kept for a stream, at least one.
    #[must_use]
    pub const fn event_capacity(mut self, events: usize) -> Options {
        self.event_capacity = if events == 0 { 1 } else { events };
        self
    }

    /// Sets the limits for what the server sends.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Options {
        self.limits = limits;
        self
    }

    /// Sets whether the log has what messages hold: arguments, return values, descriptions of errors, data of events.
    ///
    /// They may be secrets, such as a password that `object-add` takes, so the default is `false`. The client logs its
    /// connection at debug level, and each message at trace level, by `tracing`: see
    /// [the module](crate::client#what-is-logged).
    #[must_use]
    pub const fn log_contents(mut self, yes: bool) -> Options {
        self.log_contents = yes;
        self
    }
}

impl Default for Options {
    fn default() -> Options {
        Options::new()
    }
}
