//! One source of events, many sessions.

use super::{Outbox, Record};
use crate::clock::{Clock, Moment, SystemClock};
use crate::policy::Policy;
use crate::sync::lock;
use crate::throttle::Throttle;
use crate::{Features, json};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Where events go in and the sessions of a monitor listen. Clones are the same bus.
#[derive(Clone)]
pub(crate) struct EventBus(Arc<Mutex<State>>);

struct State {
    clock: Arc<dyn Clock>,
    policy: Policy,
    throttle: Throttle<Record>,
    listeners: Vec<Arc<Outbox>>,
    /// Told when the next deadline has come nearer.
    alarm: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl State {
    fn deliver(&mut self, record: &Record) {
        for listener in &self.listeners {
            listener.event(record);
        }
    }
}

impl EventBus {
    /// A bus without listeners, limits or policy, on the system's clock.
    #[must_use]
    pub(crate) fn new() -> EventBus {
        EventBus(Arc::new(Mutex::new(State {
            clock: Arc::new(SystemClock::new()),
            policy: Policy::ACCEPT,
            throttle: Throttle::new(),
            listeners: Vec::new(),
            alarm: None,
        })))
    }

    /// Sends the event `name`, whose data, if it has any, `encode` writes.
    pub(crate) fn send(
        &self,
        name: &'static str,
        features: Features,
        encode: Option<&dyn Fn(&mut json::Writer)>,
    ) {
        let policy = lock(&self.0).policy;
        if policy.encode_options().hides(features) {
            return;
        }
        let encoded = encode.map(|encode| {
            let mut out = json::Writer::with_options(policy.encode_options());
            encode(&mut out);
            out.finish()
        });
        let data = match encoded.transpose() {
            Ok(data) => data,
            Err(error) => {
                tracing::error!(event = name, %error, "event cannot be encoded: not sent");
                return;
            }
        };
        tracing::debug!(event = name, "event");
        tracing::trace!(event = name, data = %String::from_utf8_lossy(data.as_deref().unwrap_or_default()), "event data");

        // From here on under the lock: all sessions see all events in one order, with times that do not go back.
        let mut state = lock(&self.0);
        let now = state.clock.now();
        // A window that is over must not hold this one, whether or not the timer has been looked at.
        for due in state.throttle.advance(now.monotonic) {
            state.deliver(&due);
        }
        let record = Record::new(name, data, now);
        match state.throttle.offer(name, record, now.monotonic, Record::member) {
            Some(record) => state.deliver(&record),
            None => {
                if let Some(alarm) = state.alarm.clone() {
                    drop(state);
                    alarm();
                }
            }
        }
    }

    /// When [`advance`](EventBus::advance) has events to send, on the clock's monotonic scale.
    #[must_use]
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        lock(&self.0).throttle.next_deadline()
    }

    /// Sends the events that were held back until now.
    pub(crate) fn advance(&self, now: Moment) {
        let mut state = lock(&self.0);
        for record in state.throttle.advance(now.monotonic) {
            state.deliver(&record);
        }
    }

    /// The bus's clock.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&lock(&self.0).clock)
    }

    pub(crate) fn set_clock(&self, clock: Arc<dyn Clock>) {
        lock(&self.0).clock = clock;
    }

    pub(crate) fn set_policy(&self, policy: Policy) {
        lock(&self.0).policy = policy;
    }

    pub(crate) fn limit(&self, event: &str, interval: Duration, key: Option<&str>) {
        lock(&self.0).throttle.limit(event, interval, key);
    }

    pub(crate) fn set_alarm(&self, alarm: Arc<dyn Fn() + Send + Sync>) {
        lock(&self.0).alarm = Some(alarm);
    }

    pub(crate) fn listen(&self, outbox: Arc<Outbox>) {
        lock(&self.0).listeners.push(outbox);
    }

    pub(crate) fn leave(&self, outbox: &Arc<Outbox>) {
        lock(&self.0).listeners.retain(|other| !Arc::ptr_eq(other, outbox));
    }
}

impl Default for EventBus {
    fn default() -> EventBus {
        EventBus::new()
    }
}

impl fmt::Debug for EventBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBus").finish_non_exhaustive()
    }
}
