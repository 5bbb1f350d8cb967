//! Events for the process that sends them.

use super::log::Cursor;
use super::{Bell, EventLog, Record};
use crate::sync::{Condvar, Mutex, lock, wait, wait_for};
use std::fmt;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// About how many bytes of events a subscription keeps: exact to one MiB, the interval of [`Bell::overdue`].
const LIMIT: u64 = 8 << 20;

/// Receives the events of a monitor in the process that sends them: all events, independent of any access.
///
/// ```
/// # use qapi_runtime::{Call, Dispatch, Outcome, Tables};
/// # static TABLES: Tables = Tables { generation: 1, commands: &[], events: &[], introspection: &[] };
/// # struct NoCommands;
/// # impl Dispatch for NoCommands {
/// #     fn tables(&self) -> &'static Tables { &TABLES }
/// #     fn call(&self, _: usize, _: Call<'_>) -> Outcome { unreachable!() }
/// # }
/// use qapi_runtime::Monitor;
///
/// let monitor = Monitor::builder(NoCommands).build();
/// let mut events = monitor.subscribe();
/// // No event was sent since.
/// assert!(events.try_next().is_none());
/// ```
///
/// A subscription keeps about 8 MiB of events that were not taken, then drops the oldest ones;
/// [`take_missed`](Subscription::take_missed) returns how many.
pub struct Subscription {
    log: EventLog,
    place: Arc<Place>,
}

struct Place {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    cursor: Cursor,
    missed: u64,
    waker: Option<Waker>,
}

impl Place {
    fn wake(&self) {
        let waker = lock(&self.state).waker.take();
        self.changed.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Bell for Place {
    fn grown(&self) {
        self.wake();
    }

    fn rescheduled(&self) {}

    fn overdue(&self, bytes: u64) {
        let mut state = lock(&self.state);
        let State { cursor, missed, .. } = &mut *state;
        while bytes.saturating_sub(cursor.bytes()) > LIMIT && cursor.next().is_some() {
            *missed += 1;
        }
    }
}

impl Subscription {
    pub(crate) fn new(log: &EventLog) -> Subscription {
        let state = State { cursor: log.cursor(), missed: 0, waker: None };
        let place = Arc::new(Place { state: Mutex::new(state), changed: Condvar::new() });
        let bell: Weak<Place> = Arc::downgrade(&place);
        log.add_bell(bell);
        Subscription { log: log.clone(), place }
    }

    /// Takes the next event, if there is one.
    pub fn try_next(&mut self) -> Option<Record> {
        lock(&self.place.state).cursor.next().cloned()
    }

    /// Waits for the next event.
    pub fn wait(&mut self) -> Record {
        let mut state = lock(&self.place.state);
        loop {
            if let Some(record) = state.cursor.next() {
                return record.clone();
            }
            state = wait(&self.place.changed, state);
        }
    }

    /// Waits for the next event, for at most `limit`.
    pub fn wait_timeout(&mut self, limit: Duration) -> Option<Record> {
        let until = Instant::now() + limit;
        let mut state = lock(&self.place.state);
        loop {
            if let Some(record) = state.cursor.next() {
                return Some(record.clone());
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            state = wait_for(&self.place.changed, state, left);
        }
    }

    /// Polls for the next event. The events of a monitor never end.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Record> {
        let mut state = lock(&self.place.state);
        if let Some(record) = state.cursor.next() {
            return Poll::Ready(record.clone());
        }
        state.waker = Some(cx.waker().clone());
        // Checked again: an event that was appended before the waker was set has woken no task.
        match state.cursor.next() {
            Some(record) => Poll::Ready(record.clone()),
            None => Poll::Pending,
        }
    }

    /// How many events were dropped since the last call, because they were not taken in time.
    pub fn take_missed(&mut self) -> u64 {
        std::mem::take(&mut lock(&self.place.state).missed)
    }

    /// Whether an event can be taken.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.log.is_ahead_of(&lock(&self.place.state).cursor)
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Features;

    fn send(log: &EventLog, name: &'static str) {
        log.send(name, Features::NONE, None);
    }

    #[test]
    fn tells_what_was_sent_since() {
        let log = EventLog::new();
        send(&log, "BEFORE");
        let mut events = Subscription::new(&log);
        assert!(events.try_next().is_none() && !events.is_behind());
        send(&log, "A");
        send(&log, "B");
        assert!(events.is_behind());
        assert_eq!(events.wait().name(), "A");
        assert_eq!(events.wait_timeout(Duration::ZERO).expect("it is there").name(), "B");
        assert!(events.wait_timeout(Duration::ZERO).is_none());
    }

    #[test]
    fn loses_the_oldest_when_nothing_is_taken() {
        let log = EventLog::new();
        let mut events = Subscription::new(&log);
        let sent = 200_000;
        for _ in 0..sent {
            send(&log, "A");
        }
        let mut taken = 0;
        while events.try_next().is_some() {
            taken += 1;
        }
        let missed = events.take_missed();
        assert_eq!((taken + missed, events.take_missed()), (sent, 0));
        assert!(missed > 0 && taken > 10_000, "{taken} taken, {missed} missed");
    }
}
