//! The configuration of a monitor.

use super::QEMU_LIMITS;
use super::handle::{Monitor, Owned};
use super::lifecycle::Hook;
use super::{Budgets, Inner, SessionChange, Surrounding, Turns};
use crate::access::{Access, AccessError};
use crate::clock::Clock;
use crate::control::QMPCapability;
use crate::event::{EventLog, EventSender};
use crate::interceptor::Interceptor;
use crate::json::Limits;
use crate::policy::{Leniency, Policy};
use crate::schema::Schema;
use crate::session::Settings;
use crate::{Dispatch, Version};
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How many bytes of output may wait for a client that does not read.
const OUTPUT_LIMIT: usize = 8 * 1024 * 1024;

/// Configures a [`Monitor`].
pub struct Builder {
    dispatch: Arc<dyn Dispatch>,
    settings: Settings,
    policy: Policy,
    preconfig: bool,
    events: EventLog,
    clock: Option<Arc<dyn Clock>>,
    limits: Vec<(String, Duration, Option<String>)>,
    output_limit: usize,
    interceptor: Option<Arc<dyn Interceptor>>,
    turns: Turns,
    replies_first: bool,
    budgets: Budgets,
    lifecycle: Option<Hook>,
    pub(crate) surrounding: Option<Surrounding>,
}

impl Monitor {
    /// Starts to configure a monitor that runs the commands of `dispatch`.
    pub fn builder(dispatch: impl Dispatch) -> Builder {
        Builder::new(Arc::new(dispatch))
    }
}

impl Builder {
    fn new(dispatch: Arc<dyn Dispatch>) -> Builder {
        let settings = Settings::new(dispatch.tables());
        Builder {
            dispatch,
            settings,
            policy: Policy::ACCEPT,
            preconfig: false,
            events: EventLog::new(),
            clock: None,
            limits: Vec::new(),
            output_limit: OUTPUT_LIMIT,
            interceptor: None,
            turns: Turns::default(),
            replies_first: false,
            budgets: Budgets::default(),
            lifecycle: None,
            surrounding: None,
        }
    }

    /// Sets the version in the greeting and in `query-version`.
    #[must_use]
    pub fn version(mut self, version: Version) -> Builder {
        self.settings = self.settings.version(version);
        self
    }

    /// Sends the events of this sender, which was created before the monitor so that handlers can own it.
    #[must_use]
    pub fn events<S: Schema>(mut self, events: &EventSender<S>) -> Builder {
        self.events = events.log().clone();
        self
    }

    /// Sends `event` at most once per `interval`. Events with different values of the member `key` are limited
    /// separately.
    ///
    /// # Panics
    ///
    /// The schema has no such event.
    #[must_use]
    pub fn throttle(mut self, event: &str, interval: Duration, key: Option<&str>) -> Builder {
        assert!(self.has_event(event), "the schema has no event {event} that could be limited");
        self.limits.push((event.to_owned(), interval, key.map(str::to_owned)));
        self
    }

    /// Applies QEMU's limits, [`QEMU_LIMITS`], to the events that the schema has.
    #[must_use]
    pub fn qemu_throttle(mut self) -> Builder {
        for (event, interval, key) in QEMU_LIMITS {
            if self.has_event(event) {
                self = self.throttle(event, *interval, *key);
            }
        }
        self
    }

    fn has_event(&self, event: &str) -> bool {
        self.dispatch.tables().events.contains(&event)
    }

    /// Starts in the preconfig state: only commands with `allow-preconfig` are accepted.
    #[must_use]
    pub fn preconfig(mut self, preconfig: bool) -> Builder {
        self.preconfig = preconfig;
        self
    }

    /// Sets how deprecated and unstable parts of the interface are treated. Default: they are accepted.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Builder {
        self.policy = policy;
        self
    }

    /// Sets which commands clients may use and which events they receive. Default: all.
    ///
    /// # Errors
    ///
    /// The access names something that the schema does not have, see [`Access::check`].
    pub fn access(mut self, access: &Access) -> Result<Builder, AccessError> {
        self.settings = self.settings.access(access)?;
        Ok(self)
    }

    /// Sets the capabilities that the greeting offers. Default: all. See [`Settings::capabilities`].
    #[must_use]
    pub fn capabilities(mut self, offered: impl IntoIterator<Item = QMPCapability>) -> Builder {
        self.settings = self.settings.capabilities(offered);
        self
    }

    /// Sets whether sessions skip the negotiation. Default: they do not. See [`Settings::begin_negotiated`].
    #[must_use]
    pub fn begin_negotiated(mut self, yes: bool) -> Builder {
        self.settings = self.settings.begin_negotiated(yes);
        self
    }

    /// Accepts faults in command arguments that QEMU refuses. Default: none. See [`Leniency`].
    #[must_use]
    pub fn leniency(mut self, leniency: Leniency) -> Builder {
        self.settings = self.settings.leniency(leniency);
        self
    }

    /// Sets the interceptor, which is called before and after every command of every session. Default: none. Durations
    /// are measured by the monitor's [clock](Builder::clock).
    #[must_use]
    pub fn interceptor(mut self, interceptor: Arc<dyn Interceptor>) -> Builder {
        self.interceptor = Some(interceptor);
        self
    }

    /// Sets the limits for what a client sends.
    #[must_use]
    pub fn input_limits(mut self, limits: Limits) -> Builder {
        self.settings = self.settings.limits(limits);
        self
    }

    /// Sets how many bytes of output may wait for a client that does not read. Default: 8 MiB. Beyond that the monitor
    /// takes no more commands from the client, and an event that does not fit ends its session.
    #[must_use]
    pub fn output_limit(mut self, bytes: usize) -> Builder {
        self.output_limit = bytes;
        self
    }

    /// Sets which in-band commands wait for each other. Default: those of all sessions, [`Turns::Shared`].
    #[must_use]
    pub fn turns(mut self, turns: Turns) -> Builder {
        self.turns = turns;
        self
    }

    /// Sends the reply to a command before the events that the command causes. QEMU sends it after them, which is the
    /// default; clients written for another server may expect the reply first.
    #[must_use]
    pub fn replies_first(mut self, yes: bool) -> Builder {
        self.replies_first = yes;
        self
    }

    /// Sets the limits for all sessions together.
    #[must_use]
    pub fn budgets(mut self, budgets: Budgets) -> Builder {
        self.budgets = budgets;
        self
    }

    /// Calls `hook` when a session begins or ends, for instance to free what handlers keep for the session. The thread
    /// that accepts or serves the client makes the call, so `hook` must not block.
    #[must_use]
    pub fn on_session(mut self, hook: impl Fn(SessionChange<'_>) + Send + Sync + 'static) -> Builder {
        self.lifecycle = Some(Arc::new(hook));
        self
    }

    /// Sets the clock for the timestamps and limits of events. Default: the system's clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Builder {
        self.clock = Some(clock);
        self
    }

    /// Builds the monitor.
    #[must_use]
    pub fn build(self) -> Monitor {
        let Builder { dispatch, settings, policy, preconfig, events, clock, limits, output_limit, .. } = self;
        let descriptors = self.budgets.descriptors_of_a_session;
        let mut settings = settings.policy(policy).descriptors(descriptors);
        settings.set_preconfig(preconfig);
        events.set_policy(policy);
        if let Some(clock) = clock {
            events.set_clock(clock);
        }
        if let Some(interceptor) = self.interceptor {
            settings = settings.interceptor(interceptor, events.clock());
        }
        for (event, interval, key) in limits {
            events.limit(&event, interval, key.as_deref());
        }
        let inner = |owner: &Weak<Owned>| Inner {
            owner: owner.clone(),
            dispatch,
            settings,
            log: events,
            work: Arc::default(),
            output_limit,
            replies_first: self.replies_first,
            turns: self.turns,
            turn: Arc::default(),
            budgets: self.budgets,
            sessions: super::sessions::Sessions::default(),
            lifecycle: self.lifecycle,
            surrounding: self.surrounding,
            listeners: crate::sync::Mutex::default(),
            services: crate::sync::Mutex::default(),
        };
        let owned =
            |owner: &Weak<Owned>| Owned { inner: Arc::new(inner(owner)), prepared: Default::default() };
        Monitor(Arc::new_cyclic(owned))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}
