//! The log of events: senders append to it, and every session reads it at its own pace.
//!
//! The log is a linked list of shared records. The log points to the newest record and each session's [`Cursor`] to the
//! last one that it has taken, so reference counting frees a record once the slowest session is past it, without a list
//! of sessions. Sending costs one short lock, however many sessions there are; a sender never touches a socket.

use super::Record;
use crate::clock::{Clock, Moment, SystemClock};
use crate::gap::gap;
use crate::policy::Policy;
use crate::sync::{AtomicU64, Mutex, lock};
use crate::throttle::Throttle;
use crate::{Features, Output};
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

/// Notified by the log. Called without holding the log's lock; must not block.
pub(crate) trait Bell: Send + Sync {
    /// Events were appended.
    fn grown(&self);
    /// An event is held back, until a deadline that may be earlier than the ones before.
    fn rescheduled(&self);
    /// Many bytes of events were appended since the last call: readers that are far behind must be dropped, or the log
    /// would keep all events for them. `bytes` is the total length of the log.
    fn overdue(&self, bytes: u64);
}

/// How many bytes of events are appended between two calls of [`Bell::overdue`].
const OVERDUE: u64 = 1 << 20;

/// The log of a monitor's events. Clones refer to the same log.
#[derive(Clone)]
pub(crate) struct EventLog(Arc<Shared>);

struct Shared {
    /// The number of the newest node, read without the lock.
    newest: AtomicU64,
    state: Mutex<State>,
}

struct State {
    clock: Arc<dyn Clock>,
    policy: Policy,
    throttle: Throttle<Record>,
    tail: Arc<Node>,
    /// The hosts and subscriptions to notify. Weak, since a runtime may end before the monitor.
    bells: Arc<[Weak<dyn Bell>]>,
    /// The length of the log when [`Bell::overdue`] was last called.
    looked: u64,
}

/// A node of the list. The first node of a log has no event.
struct Node {
    record: Option<Record>,
    number: u64,
    /// The total length of all compact lines up to and including this one.
    bytes: u64,
    next: OnceLock<Arc<Node>>,
}

/// A session's place in the log: the last event that it has taken.
pub(crate) struct Cursor(Arc<Node>);

impl Cursor {
    /// Takes the next event, if there is one.
    pub(crate) fn next(&mut self) -> Option<&Record> {
        let next = Arc::clone(self.0.next.get()?);
        self.0 = next;
        self.0.record.as_ref()
    }

    /// The length of the log up to here, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.bytes
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // In a loop: with recursion, the long list behind a session that does not read would overflow the stack.
        let mut next = self.next.take();
        while let Some(mut node) = next.and_then(Arc::into_inner) {
            next = node.next.take();
        }
    }
}

impl State {
    fn append(&mut self, record: Record, newest: &AtomicU64) {
        let (number, bytes) = (self.tail.number + 1, self.tail.bytes + record.line(false).len() as u64);
        let node = Arc::new(Node { record: Some(record), number, bytes, next: OnceLock::new() });
        // Only the holder of the lock appends, so the place is empty and `set` cannot fail.
        let _ = self.tail.next.set(Arc::clone(&node));
        self.tail = node;
        // Stored after the node is linked. A session marks itself idle and then loads this number; a sender stores the
        // number and then checks for idle sessions. In sequentially consistent order, one of the two sees the other's
        // store.
        newest.store(number, Ordering::SeqCst);
    }

    /// The length of the log, when it is time to call [`Bell::overdue`].
    fn overdue(&mut self) -> Option<u64> {
        (self.tail.bytes - self.looked >= OVERDUE).then(|| {
            self.looked = self.tail.bytes;
            self.looked
        })
    }
}

impl EventLog {
    /// Creates a log without events, limits or policy, on the system's clock.
    #[must_use]
    pub(crate) fn new() -> EventLog {
        let tail = Arc::new(Node { record: None, number: 0, bytes: 0, next: OnceLock::new() });
        EventLog(Arc::new(Shared {
            newest: AtomicU64::new(0),
            state: Mutex::new(State {
                clock: Arc::new(SystemClock::new()),
                policy: Policy::ACCEPT,
                throttle: Throttle::new(),
                tail,
                bells: Arc::new([]),
                looked: 0,
            }),
        }))
    }

    /// Sends the event `name`, whose data, if it has any, `encode` writes.
    pub(crate) fn send(&self, name: &'static str, features: Features, encode: Option<&dyn Fn(&mut Output)>) {
        let policy = lock(&self.0.state).policy;
        if features.intersects(policy.hidden()) {
            return;
        }
        let encoded = encode.map(|encode| {
            let mut out = Output::with_policy(policy);
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

        // From here on under the lock: all sessions see all events in the same order, with timestamps in that order.
        let mut state = lock(&self.0.state);
        let now = state.clock.now();
        // A window that is over must not hold back this event, even if no timer has ended it yet.
        self.append_due(&mut state, now.monotonic);
        let record = Record::new(name, data, now);
        let held = match state.throttle.offer(name, record, now.monotonic, Record::member) {
            Some(record) => {
                state.append(record, &self.0.newest);
                false
            }
            None => true,
        };
        let overdue = state.overdue();
        let bells = Arc::clone(&state.bells);
        drop(state);
        gap();
        for bell in bells.iter().filter_map(Weak::upgrade) {
            if held {
                bell.rescheduled()
            } else {
                bell.grown()
            }
            if let Some(bytes) = overdue {
                bell.overdue(bytes);
            }
        }
    }

    fn append_due(&self, state: &mut State, now: Duration) -> bool {
        let due = state.throttle.advance(now);
        let any = !due.is_empty();
        for record in due {
            state.append(record, &self.0.newest);
        }
        any
    }

    /// When [`advance`](EventLog::advance) has events to send, on the clock's monotonic scale.
    #[must_use]
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        lock(&self.0.state).throttle.next_deadline()
    }

    /// Appends the events that were held back until `now`.
    pub(crate) fn advance(&self, now: Moment) {
        let mut state = lock(&self.0.state);
        if self.append_due(&mut state, now.monotonic) {
            let bells = Arc::clone(&state.bells);
            drop(state);
            gap();
            bells.iter().filter_map(Weak::upgrade).for_each(|bell| bell.grown());
        }
    }

    /// A cursor at the end of the log, for the events that are appended from now on.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor(Arc::clone(&lock(&self.0.state).tail))
    }

    /// The number of the newest event.
    pub(crate) fn newest(&self) -> u64 {
        self.0.newest.load(Ordering::SeqCst)
    }

    /// Whether there are events behind the cursor. Takes no lock.
    pub(crate) fn is_ahead_of(&self, cursor: &Cursor) -> bool {
        // A cursor may already be at a node whose number is not stored yet. Then no further event is behind it.
        self.0.newest.load(Ordering::SeqCst) > cursor.0.number
    }

    /// How many bytes of events are behind the cursor.
    pub(crate) fn bytes_ahead_of(&self, cursor: &Cursor) -> usize {
        let ahead = lock(&self.0.state).tail.bytes - cursor.0.bytes;
        usize::try_from(ahead).unwrap_or(usize::MAX)
    }

    /// Notifies `bell` from now on, for as long as it lives.
    pub(crate) fn add_bell(&self, bell: Weak<dyn Bell>) {
        let mut state = lock(&self.0.state);
        let living = state.bells.iter().filter(|bell| bell.strong_count() > 0).cloned();
        state.bells = living.chain([bell]).collect();
    }

    /// The log's clock.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&lock(&self.0.state).clock)
    }

    pub(crate) fn set_clock(&self, clock: Arc<dyn Clock>) {
        lock(&self.0.state).clock = clock;
    }

    pub(crate) fn set_policy(&self, policy: Policy) {
        lock(&self.0.state).policy = policy;
    }

    pub(crate) fn limit(&self, event: &str, interval: Duration, key: Option<&str>) {
        lock(&self.0.state).throttle.limit(event, interval, key);
    }
}

impl Default for EventLog {
    fn default() -> EventLog {
        EventLog::new()
    }
}

impl fmt::Debug for EventLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLog").finish_non_exhaustive()
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cursor").field(&self.0.number).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    fn send(log: &EventLog, name: &'static str) {
        log.send(name, Features::NONE, None);
    }

    fn names(log: &EventLog, cursor: &mut Cursor) -> Vec<String> {
        let mut names = Vec::new();
        while let Some(record) = cursor.next() {
            let line = String::from_utf8_lossy(record.line(false)).into_owned();
            names.push(line.split('"').nth(9).unwrap_or_default().to_owned());
        }
        assert!(!log.is_ahead_of(cursor));
        assert_eq!(log.bytes_ahead_of(cursor), 0);
        names
    }

    #[test]
    fn each_cursor_sees_what_came_after_it_in_order() {
        let log = EventLog::new();
        send(&log, "BEFORE");
        let mut early = log.cursor();
        send(&log, "A");
        let mut late = log.cursor();
        send(&log, "B");
        assert!(log.is_ahead_of(&early) && log.is_ahead_of(&late));
        assert!(log.bytes_ahead_of(&early) > log.bytes_ahead_of(&late));
        assert_eq!(names(&log, &mut early), ["A", "B"]);
        assert_eq!(names(&log, &mut late), ["B"]);
    }

    #[test]
    fn a_long_chain_is_dropped_without_recursion() {
        let log = EventLog::new();
        let cursor = log.cursor();
        for _ in 0..300_000 {
            send(&log, "A");
        }
        drop(cursor);
        let mut last = log.cursor();
        send(&log, "B");
        assert_eq!(names(&log, &mut last), ["B"]);
    }

    #[test]
    fn every_bell_that_lives_is_told() {
        struct Count(AtomicUsize, AtomicUsize);
        impl Bell for Count {
            fn grown(&self) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
            fn rescheduled(&self) {
                self.1.fetch_add(1, Ordering::Relaxed);
            }
            fn overdue(&self, _: u64) {}
        }
        let log = EventLog::new();
        log.limit("SELDOM", Duration::from_secs(1000), None);
        let [gone, first, second] =
            std::array::from_fn(|_| Arc::new(Count(AtomicUsize::new(0), AtomicUsize::new(0))));
        for bell in [&gone, &first, &second] {
            let bell: Weak<Count> = Arc::downgrade(bell);
            log.add_bell(bell);
        }
        drop(gone);
        for _ in 0..3 {
            send(&log, "SELDOM");
        }
        for bell in [first, second] {
            assert_eq!((bell.0.load(Ordering::Relaxed), bell.1.load(Ordering::Relaxed)), (1, 2));
        }
    }
}
