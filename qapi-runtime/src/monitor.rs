//! Many sessions, one dispatcher, one source of events.
//!
//! In-band commands of all sessions run one at a time, in the order in which the sessions asked for their turn, unless
//! the monitor is built with [`Turns::PerSession`]; out-of-band commands run alongside them. Events go to every session
//! that has negotiated. A transport opens the sessions; the [`driver`] tells it what to do.

mod budget;
mod builder;
pub mod driver;
pub(crate) mod handle;
mod lifecycle;
mod options;
#[cfg(all(test, shuttle))]
mod schedules;
mod services;
mod sessions;
mod turn;
mod work;

pub use crate::event::{Record, Subscription};
pub use crate::throttle::QEMU_LIMITS;
pub use budget::Budgets;
pub use builder::Builder;
pub use lifecycle::SessionChange;
pub use options::SessionOptions;
pub use turn::Turns;

use crate::Dispatch;
use crate::access::{Access, AccessError};
use crate::clock::Moment;
use crate::event::EventLog;
use crate::session::Settings;
use crate::sync::{Mutex, lock};
use driver::Host;
use handle::{Monitor, Owned};
use lifecycle::Hook;
use sessions::Sessions;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::task::Waker;
use std::time::Duration;
use turn::Turn;
use work::Work;

/// State that the sessions of a monitor share.
pub(crate) struct Inner {
    /// The public handle to this monitor. Weak: sessions must not keep the monitor alive.
    owner: Weak<Owned>,
    pub(crate) dispatch: Arc<dyn Dispatch>,
    pub(crate) log: EventLog,
    pub(crate) work: Arc<Work>,
    /// How many bytes may wait for one client.
    pub(crate) output_limit: usize,
    /// Whether a reply is sent before the events that its command causes.
    pub(crate) replies_first: bool,
    settings: Settings,
    turns: Turns,
    /// The turn of in-band commands, used with [`Turns::Shared`].
    turn: Arc<Turn>,
    pub(super) budgets: Budgets,
    sessions: Sessions,
    lifecycle: Option<Hook>,
    surrounding: Option<Surrounding>,
    /// Callbacks that stop the listeners, by listener number.
    listeners: Mutex<BTreeMap<u64, Box<dyn FnOnce() + Send>>>,
    /// Services that transports run for this monitor.
    services: services::Services,
}

/// Runs a closure in the environment that handlers need, such as inside a tokio runtime.
pub(crate) type Surrounding = Arc<dyn Fn(&mut dyn FnMut()) + Send + Sync>;

impl Inner {
    /// Calls a handler, or polls its future, in the environment that it needs.
    pub(crate) fn surrounded<R>(&self, call: impl FnOnce() -> R) -> R {
        let Some(surrounding) = &self.surrounding else { return call() };
        let (mut call, mut result) = (Some(call), None);
        surrounding(&mut || result = call.take().map(|call| call()));
        match result {
            Some(result) => result,
            None => unreachable!("surroundings call what they are given, once"),
        }
    }

    /// The monitor, if a [`Monitor`] handle still exists.
    pub(crate) fn monitor(&self) -> Option<Monitor> {
        self.owner.upgrade().map(Monitor)
    }

    fn stop_listeners(&self) {
        for (_, stop) in std::mem::take(&mut *lock(&self.listeners)) {
            stop();
        }
    }

    /// The settings of sessions with these options.
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

    /// Adds a host that is woken by `waker`; `looks` says whether it looks after sessions while their handlers run.
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
