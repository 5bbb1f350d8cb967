//! Many sessions, one dispatcher, one source of events.
//!
//! In-band commands of all sessions run one at a time, in the order in which the sessions asked for their turn; out-of-band
//! ones run beside them. Events go to every session that has negotiated. A transport brings the sessions.

#![cfg_attr(
    not(all(unix, feature = "threads", feature = "tokio")),
    allow(dead_code, reason = "each transport uses a part")
)]

mod builder;
mod connection;
mod turn;
mod work;

pub use builder::Builder;
pub(crate) use connection::Connection;
pub(crate) use turn::Turn;
pub(crate) use work::Busy;

use crate::clock::{Clock, Moment};
use crate::event::{EventBus, EventSender, Outbox, Schema, Wire};
use crate::session::{Session, Settings};
use crate::sync::lock;
use crate::{Dispatch, Origin, Peer};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use work::Work;

/// A server's monitor. Clones are the same monitor.
///
/// ```no_run
/// # use qapi_runtime::{Dispatch, Monitor, Version};
/// # #[cfg(all(unix, feature = "threads"))]
/// # fn serve(dispatcher: impl Dispatch) -> std::io::Result<()> {
/// use qapi_runtime::transport::threads::Listener;
/// use std::time::Duration;
///
/// let monitor = Monitor::builder(dispatcher).version(Version::new(1, 0, 0)).qemu_throttle().build();
/// let server = Listener::unix("/run/vm/qmp.sock")?.serve(&monitor)?;
/// // ... until it is time to go:
/// monitor.shutdown(Duration::from_secs(5));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Monitor(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) dispatch: Arc<dyn Dispatch>,
    pub(crate) settings: Settings,
    pub(crate) events: EventBus,
    /// The turn of in-band commands.
    pub(crate) turn: Arc<Turn>,
    work: Work,
    output_limit: usize,
    numbers: AtomicU64,
    connections: Mutex<BTreeMap<u64, Arc<Connection>>>,
    /// What ends the listeners.
    listeners: Mutex<BTreeMap<u64, Box<dyn FnOnce() + Send>>>,
    #[cfg(all(unix, feature = "threads"))]
    pub(crate) threads: std::sync::OnceLock<crate::transport::threads::Support>,
    #[cfg(all(unix, feature = "tokio"))]
    pub(crate) timer: std::sync::OnceLock<crate::transport::tokio::Timer>,
}

/// How a session is to be: what may differ between the listeners of a monitor.
#[derive(Clone, Debug, Default)]
pub struct SessionOptions {
    /// Output on several lines.
    pub pretty: bool,
    /// The protocol.
    pub dialect: crate::session::Dialect,
}

impl Monitor {
    /// A monitor for what `dispatch` serves, yet to be configured.
    pub fn builder(dispatch: impl Dispatch) -> Builder {
        Builder::new(Arc::new(dispatch))
    }

    /// A sender of events to this monitor's sessions.
    #[must_use]
    pub fn events<S: Schema>(&self) -> EventSender<S> {
        EventSender::on(self.0.events.clone())
    }

    /// Says whether the machine is still being configured: then only commands with `allow-preconfig` are accepted.
    pub fn set_preconfig(&self, preconfig: bool) {
        self.0.settings.set_preconfig(preconfig);
    }

    /// Whether the machine is still being configured.
    #[must_use]
    pub fn is_preconfig(&self) -> bool {
        self.0.settings.is_preconfig()
    }

    /// How many sessions there are.
    #[must_use]
    pub fn sessions(&self) -> usize {
        lock(&self.0.connections).len()
    }

    /// When [`advance`](Monitor::advance) is to be called, on the clock's monotonic scale. The transports do.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        self.0.events.next_deadline()
    }

    /// Sends the events that were held back until now.
    pub fn advance(&self, now: Moment) {
        self.0.events.advance(now);
    }

    /// The clock that events are timed by.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.0.events.clock()
    }

    /// Ends the service: no new sessions, no new commands. Waits at most `limit` for the commands that run to be answered
    /// and for all output to be written, then closes the connections.
    ///
    /// Returns whether everything was written. Not to be called by a handler, whose own reply it would wait for in vain.
    pub fn shutdown(&self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        tracing::debug!("monitor shuts down");
        for (_, stop) in std::mem::take(&mut *lock(&self.0.listeners)) {
            stop();
        }
        let mut complete = self.0.work.close(until);
        let connections: Vec<_> = lock(&self.0.connections).values().cloned().collect();
        for connection in &connections {
            complete &= connection.outbox.wait_until_written(Some(until));
        }
        for connection in connections {
            connection.outbox.close();
        }
        if !complete {
            tracing::warn!("monitor shut down with output unwritten");
        }
        complete
    }

    /// Opens a session: its greeting is sent, and events once it has negotiated.
    pub(crate) fn connect(
        &self,
        peer: Peer,
        options: &SessionOptions,
        wire: impl FnOnce(u64) -> Box<dyn Wire>,
    ) -> Arc<Connection> {
        let inner = &self.0;
        let number = inner.numbers.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(session = number, %peer, "client connected");
        let settings = inner.settings.clone().pretty(options.pretty).dialect(options.dialect);
        let outbox = Outbox::new(number, wire(number), options.pretty, inner.output_limit);
        let outbox = Arc::new(if settings.may_crash() { outbox.unheld() } else { outbox });
        let origin = Arc::new(Origin::new(number, peer).with_outbox(Arc::clone(&outbox)));
        let connection = Arc::new(Connection {
            monitor: self.clone(),
            origin: Arc::clone(&origin),
            session: Mutex::new(Session::new(Arc::new(settings)).with_origin(origin)),
            outbox,
            changed: crate::sync::Signal::default(),
            stalled: std::sync::atomic::AtomicBool::new(false),
        });
        lock(&inner.connections).insert(number, Arc::clone(&connection));
        if options.dialect == crate::session::Dialect::Monitor {
            inner.events.listen(Arc::clone(&connection.outbox));
        }
        connection.send(&mut lock(&connection.session));
        connection
    }

    /// The session of this number, if it is still there.
    pub(crate) fn connection(&self, number: u64) -> Option<Arc<Connection>> {
        lock(&self.0.connections).get(&number).cloned()
    }

    /// Forgets a session whose client has left.
    pub(crate) fn disconnect(&self, connection: &Connection) {
        let number = connection.origin.session();
        if lock(&self.0.connections).remove(&number).is_some() {
            tracing::debug!(session = number, "client disconnected");
            self.0.events.leave(&connection.outbox);
            connection.outbox.close();
        }
    }

    /// Notes what ends a listener; returns its number.
    pub(crate) fn add_listener(&self, stop: Box<dyn FnOnce() + Send>) -> u64 {
        let number = self.0.numbers.fetch_add(1, Ordering::Relaxed);
        lock(&self.0.listeners).insert(number, stop);
        number
    }

    /// Ends one listener, if it is still there.
    pub(crate) fn stop_listener(&self, number: u64) {
        let stop = lock(&self.0.listeners).remove(&number);
        if let Some(stop) = stop {
            stop();
        }
    }

    /// Notes that a command runs, unless the monitor is shutting down.
    pub(crate) fn begin(&self) -> Option<Busy<'_>> {
        self.0.work.begin()
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor").field("sessions", &self.sessions()).finish_non_exhaustive()
    }
}
