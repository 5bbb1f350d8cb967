//! Many sessions, one dispatcher, one source of events.
//!
//! In-band commands of all sessions run one at a time, in the order in which the sessions asked for their turn, unless the
//! monitor is built with [`Turns::PerSession`]; out-of-band ones run beside them. Events go to every session that has
//! negotiated. A transport brings the sessions; what it obeys is the [`driver`].

mod budget;
mod builder;
pub mod driver;
mod lifecycle;
#[cfg(all(test, shuttle))]
mod schedules;
#[cfg(all(unix, feature = "transport"))]
mod services;
mod sessions;
mod turn;
mod work;

pub use budget::Budgets;
pub use builder::Builder;
pub use lifecycle::SessionChange;
pub use turn::Turns;

use crate::Dispatch;
use crate::access::Access;
use crate::access::AccessError;
use crate::clock::{Clock, Moment};
use crate::event::{EventLog, EventSender, Schema, Subscription};
use crate::session::Settings;
use crate::sync::{Mutex, lock};
use driver::Host;
use lifecycle::Hook;
use sessions::Sessions;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Weak};
use std::task::Waker;
use std::time::{Duration, Instant};
use turn::Turn;
use work::Work;

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
pub struct Monitor(Arc<Owned>);

/// What ends with the last [`Monitor`]. Sessions and listeners do not keep it.
struct Owned {
    inner: Arc<Inner>,
    /// What [`Monitor::prepare`] has started.
    #[cfg_attr(
        not(all(unix, any(feature = "threads", feature = "tokio"))),
        expect(dead_code, reason = "for transports")
    )]
    prepared: Mutex<Option<Arc<dyn std::any::Any + Send + Sync>>>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.inner.stop_listeners();
    }
}

/// What the sessions of a monitor share.
pub(crate) struct Inner {
    /// The monitor that this is the inside of.
    owner: Weak<Owned>,
    pub(crate) dispatch: Arc<dyn Dispatch>,
    pub(crate) log: EventLog,
    pub(crate) work: Arc<Work>,
    /// How many bytes may wait for one client.
    pub(crate) output_limit: usize,
    /// Whether replies come before the events that their commands cause.
    pub(crate) replies_first: bool,
    settings: Settings,
    turns: Turns,
    /// The turn of in-band commands, where all sessions share it.
    turn: Arc<Turn>,
    pub(super) budgets: Budgets,
    sessions: Sessions,
    lifecycle: Option<Hook>,
    surrounding: Option<Surrounding>,
    /// What ends the listeners.
    listeners: Mutex<BTreeMap<u64, Box<dyn FnOnce() + Send>>>,
    /// What transports have running for this monitor.
    #[cfg(all(unix, feature = "transport"))]
    services: services::Services,
}

/// Calls what it is given, in surroundings that handlers need.
pub(crate) type Surrounding = Arc<dyn Fn(&mut dyn FnMut()) + Send + Sync>;

/// How a session is to be: what may differ between the listeners of a monitor.
#[derive(Clone, Debug, Default)]
pub struct SessionOptions {
    /// Output on several lines.
    pub pretty: bool,
    /// The protocol.
    pub dialect: crate::session::Dialect,
    /// What clients may do: everything.
    pub access: Access,
    /// What logs, handlers and hooks call the way by which the clients come, if it has a name.
    pub name: Option<String>,
}

impl Monitor {
    /// A monitor for what `dispatch` serves, yet to be configured.
    pub fn builder(dispatch: impl Dispatch) -> Builder {
        Builder::new(Arc::new(dispatch))
    }

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
    /// It is for a [loop of one's own](driver), which has to go on meanwhile and decides itself how long; a
    /// [`Connection`](driver::Connection) that it drops is not waited for. A handler may call it, and is still answered.
    pub fn begin_shutdown(&self) {
        tracing::debug!("monitor shuts down");
        let inner = &self.0.inner;
        inner.stop_listeners();
        inner.work.refuse();
        inner.sessions.begin_to_shut_down();
    }

    /// Starts what the transports of this crate share for this monitor, so that none of it has to be made later: a thread,
    /// with a socket pair and an epoll. It lasts as long as the monitor.
    ///
    /// It is for a process that is about to restrict its own system calls: call this and serve the listeners, then
    /// restrict. A listener that serves has done the same; without this call it ends with the last listener and session. A
    /// session on threads starts threads of its own all the same.
    ///
    /// # Errors
    ///
    /// The thread cannot be started, or there are no descriptors left.
    #[cfg(all(unix, feature = "transport"))]
    pub fn prepare(&self) -> std::io::Result<()> {
        let service = crate::transport::start_service(self)?;
        *lock(&self.0.prepared) = Some(service);
        Ok(())
    }
}

impl Inner {
    /// Calls a handler, or polls its future, in the surroundings that it needs.
    pub(crate) fn surrounded<R>(&self, call: impl FnOnce() -> R) -> R {
        let Some(surrounding) = &self.surrounding else { return call() };
        let (mut call, mut result) = (Some(call), None);
        surrounding(&mut || result = call.take().map(|call| call()));
        match result {
            Some(result) => result,
            None => unreachable!("surroundings call what they are given, once"),
        }
    }

    /// The monitor, while someone has it.
    pub(crate) fn monitor(&self) -> Option<Monitor> {
        self.owner.upgrade().map(Monitor)
    }

    fn stop_listeners(&self) {
        for (_, stop) in std::mem::take(&mut *lock(&self.listeners)) {
            stop();
        }
    }

    /// What sessions with these options have to know.
    pub(crate) fn settings_for(&self, options: &SessionOptions) -> Result<Settings, AccessError> {
        let settings = self.settings.clone().pretty(options.pretty).dialect(options.dialect);
        if options.access == Access::everything() { Ok(settings) } else { settings.access(&options.access) }
    }

    /// The turn that the in-band commands of a new session wait for.
    pub(crate) fn turn_for_a_session(&self) -> Arc<Turn> {
        match self.turns {
            Turns::Shared => Arc::clone(&self.turn),
            Turns::PerSession => Arc::default(),
        }
    }

    /// Adds one who serves sessions and is woken by `waker`; `looks` says that it looks after sessions that run handlers.
    pub(crate) fn add_host(self: &Arc<Inner>, waker: Waker, looks: bool) -> Arc<Host> {
        let host = Arc::new(Host::new(Arc::downgrade(self), waker, looks));
        let bell: Weak<Host> = Arc::downgrade(&host);
        self.log.add_bell(bell);
        host
    }

    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        [self.log.next_deadline(), self.sessions.next_deadline()].into_iter().flatten().min()
    }

    pub(crate) fn advance(&self, now: Moment) {
        self.log.advance(now);
        self.sessions.expire(now.monotonic);
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor").field("sessions", &self.sessions()).finish_non_exhaustive()
    }
}
