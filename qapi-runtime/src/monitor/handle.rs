//! A monitor as its owner has it.

use super::Inner;
use crate::clock::{Clock, Moment};
use crate::context::Context;
use crate::event::{EventSender, Subscription};
use crate::schema::Schema;
use crate::sync::Mutex;
#[cfg(all(unix, feature = "transport"))]
use crate::sync::lock;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A server's monitor. Clones are the same monitor.
///
/// When the last clone and the last handle of a listener are dropped, the listeners end; sessions go on until their clients
/// leave.
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

/// What ends with the last [`Monitor`]. Sessions and listeners do not keep it.
pub(super) struct Owned {
    pub(super) inner: Arc<Inner>,
    /// What [`Monitor::prepare`] has started.
    #[cfg_attr(
        not(all(unix, any(feature = "threads", feature = "tokio"))),
        expect(dead_code, reason = "for transports")
    )]
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

    /// A sender of events to this monitor's sessions.
    #[must_use]
    pub fn events<S: Schema>(&self) -> EventSender<S> {
        EventSender::on(self.0.inner.log.clone())
    }

    /// The events from now on, for this process.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        Subscription::new(&self.0.inner.log)
    }

    /// Says whether the machine is still being configured: then only commands with `allow-preconfig` are accepted.
    pub fn set_preconfig(&self, preconfig: bool) {
        self.0.inner.settings.set_preconfig(preconfig);
    }

    /// Whether the machine is still being configured.
    #[must_use]
    pub fn is_preconfig(&self) -> bool {
        self.0.inner.settings.is_preconfig()
    }

    /// How many sessions there are.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.0.inner.sessions.count()
    }

    /// When [`advance`](Monitor::advance) is to be called, on the clock's monotonic scale. The transports do.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        self.0.inner.next_deadline()
    }

    /// Sends the events that were held back until now, and drops the sessions that have not negotiated in time.
    pub fn advance(&self, now: Moment) {
        self.0.inner.advance(now);
    }

    /// The clock that events are timed by.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.0.inner.log.clock()
    }

    /// Ends the service: no new sessions, no new commands. Waits at most `limit` for the commands that run to be answered
    /// and for all output to be written, then closes the connections. A client that takes nothing for half a second is not
    /// waited for.
    ///
    /// Returns whether everything was written. Not to be called by a handler, whose own reply it would wait for in vain, nor
    /// by the thread that drives the sessions: that one [begins](Monitor::begin_shutdown) it.
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

    /// Ends the service without waiting: no new sessions, no new commands. Each session is over when its commands are
    /// answered and its output is written, so that [`sessions`](Monitor::sessions) comes down to 0.
    ///
    /// It is for a [loop of one's own](super::driver), which has to go on meanwhile and decides itself how long; a
    /// [`Connection`](super::driver::Connection) that it drops is not waited for. A handler may call it, and is still answered.
    pub fn begin_shutdown(&self) {
        tracing::debug!("monitor shuts down");
        let inner = &self.0.inner;
        inner.stop_listeners();
        inner.work.refuse();
        inner.sessions.begin_to_shut_down();
    }
}

#[cfg(all(unix, feature = "transport"))]
impl Monitor {
    /// Keeps what a transport has started for as long as the monitor lives.
    pub(crate) fn keep_prepared(&self, service: Arc<dyn std::any::Any + Send + Sync>) {
        *lock(&self.0.prepared) = Some(service);
    }
}

impl Context<'_> {
    /// The monitor that the session belongs to, for instance to end the preconfig state. None in a session without a
    /// monitor, as a test may have it, and when every [`Monitor`] was dropped.
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
