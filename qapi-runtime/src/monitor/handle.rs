//! The public handle to a monitor.

use super::Inner;
use crate::clock::{Clock, Moment};
use crate::context::Context;
use crate::event::{EventSender, Subscription};
use crate::schema::Schema;
use crate::sync::Mutex;
use crate::sync::lock;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A server's monitor. Clones refer to the same monitor.
///
/// When the last clone and the last listener handle are dropped, the listeners stop; sessions continue until their
/// clients leave.
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
pub struct Monitor(pub(super) Arc<Owned>);

/// Lives as long as the last [`Monitor`]. Sessions and listeners hold no reference to it.
pub(super) struct Owned {
    pub(super) inner: Arc<Inner>,
    /// The service that [`Monitor::prepare`] has started.
    pub(super) prepared: Mutex<Option<Arc<dyn std::any::Any + Send + Sync>>>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.inner.stop_listeners();
    }
}

impl Monitor {
    pub(crate) fn inner(&self) -> Arc<Inner> {
        Arc::clone(&self.0.inner)
    }

    /// Returns a sender of events to this monitor's sessions.
    #[must_use]
    pub fn events<S: Schema>(&self) -> EventSender<S> {
        EventSender::on(self.0.inner.log.clone())
    }

    /// Subscribes this process to the events that are sent from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        Subscription::new(&self.0.inner.log)
    }

    /// Sets whether the machine is still being configured. While it is, only commands with `allow-preconfig` are
    /// accepted.
    pub fn set_preconfig(&self, preconfig: bool) {
        self.0.inner.settings.set_preconfig(preconfig);
    }

    /// Whether the machine is still being configured.
    #[must_use]
    pub fn is_preconfig(&self) -> bool {
        self.0.inner.settings.is_preconfig()
    }

    /// The number of open sessions.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.0.inner.sessions.count()
    }

    /// When [`advance`](Monitor::advance) must be called next, on the clock's monotonic scale. The transports call it.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        self.0.inner.next_deadline()
    }

    /// Sends the events that were held back until `now`, and drops the sessions that have not negotiated in time.
    pub fn advance(&self, now: Moment) {
        self.0.inner.advance(now);
    }

    /// The clock that events are timed by.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.0.inner.log.clock()
    }

    /// Shuts the monitor down: no new sessions, no new commands. Waits at most `limit` for the running commands to be
    /// answered and all output to be written, then closes the connections. A client that reads nothing for half a
    /// second is not waited for.
    ///
    /// Returns whether everything was written. A handler must not call this: it would wait for its own reply. Nor must
    /// the thread that drives the sessions; that thread calls [`begin_shutdown`](Monitor::begin_shutdown).
    pub fn shutdown(&self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        tracing::debug!("monitor shuts down");
        let inner = &self.0.inner;
        inner.stop_listeners();
        let answered = inner.work.close(until);
        let written = inner.sessions.shut_down(until);
        if !(answered && written) {
            tracing::warn!("monitor shut down with output unwritten");
        }
        answered && written
    }

    /// Shuts the monitor down without waiting: no new sessions, no new commands. Each session ends when its commands
    /// are answered and its output is written, so that [`sessions`](Monitor::sessions) falls to 0.
    ///
    /// It is for an [event loop of your own](super::driver), which has to keep running and decides how long to wait; it
    /// may drop a [`Connection`](super::driver::Connection) to end that session at once. A handler may call it, and its
    /// command is still answered.
    pub fn begin_shutdown(&self) {
        tracing::debug!("monitor shuts down");
        let inner = &self.0.inner;
        inner.stop_listeners();
        inner.work.refuse();
        inner.sessions.begin_to_shut_down();
    }
}

impl Monitor {
    /// Keeps a transport's service running for as long as the monitor lives.
    pub(crate) fn keep_prepared(&self, service: Arc<dyn std::any::Any + Send + Sync>) {
        *lock(&self.0.prepared) = Some(service);
    }
}

impl Context<'_> {
    /// The monitor that the session belongs to, for instance to end the preconfig state. `None` in a session without a
    /// monitor, as in a test, and after every [`Monitor`] was dropped.
    #[must_use]
    pub fn monitor(&self) -> Option<Monitor> {
        self.owner()?.downcast::<Inner>().ok()?.monitor()
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor").field("sessions", &self.sessions()).finish_non_exhaustive()
    }
}
