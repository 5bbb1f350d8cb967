//! Passes events from the connection to their readers.

use crate::Escaped;
use crate::client::{Gone, RawEvent};
use crate::sync::{lock, wait, wait_for};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// All queues of a connection.
pub(super) struct Hub {
    capacity: usize,
    queues: Mutex<Queues>,
}

struct Queues {
    /// The latest events since the connection began, and how many more there were.
    history: Backlog,
    all: Vec<Weak<Queue>>,
    ended: Option<Gone>,
}

/// Events in their order. Beyond the capacity, the oldest are dropped and counted.
#[derive(Clone, Default)]
struct Backlog {
    events: VecDeque<Arc<RawEvent<'static>>>,
    missed: u64,
}

impl Backlog {
    fn is_full(&self, capacity: usize) -> bool {
        self.events.len() >= capacity
    }

    fn push(&mut self, event: Arc<RawEvent<'static>>, capacity: usize) {
        if self.is_full(capacity) {
            self.events.pop_front();
            self.missed += 1;
        }
        self.events.push_back(event);
    }
}

/// The events that one reader has not read yet.
pub(in crate::client) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    capacity: usize,
}

struct State {
    backlog: Backlog,
    ended: Option<Gone>,
    waker: Option<Waker>,
}

/// Why a queue has no next event.
pub(in crate::client) enum NoEvent {
    /// The deadline has passed.
    Late,
    /// The connection has ended.
    Ended(Gone),
}

impl Hub {
    pub(super) fn new(capacity: usize) -> Hub {
        let queues = Queues { history: Backlog::default(), all: Vec::new(), ended: None };
        Hub { capacity, queues: Mutex::new(queues) }
    }

    /// A queue of the events from now on.
    pub(super) fn subscribe(&self) -> Arc<Queue> {
        lock(&self.queues).add(Backlog::default(), self.capacity)
    }

    /// A queue of the events since the connection began, as far as they are kept.
    pub(super) fn subscribe_from_start(&self) -> Arc<Queue> {
        let mut queues = lock(&self.queues);
        let history = queues.history.clone();
        queues.add(history, self.capacity)
    }

    pub(super) fn send(&self, event: RawEvent<'_>) {
        let event = Arc::new(event.into_owned());
        let mut queues = lock(&self.queues);
        queues.all.retain(|queue| match queue.upgrade() {
            Some(queue) => {
                queue.push(Arc::clone(&event));
                true
            }
            None => false,
        });
        queues.history.push(event, self.capacity);
    }

    pub(super) fn end(&self, reason: &Gone) {
        let mut queues = lock(&self.queues);
        queues.ended = Some(reason.clone());
        queues.all.iter().filter_map(Weak::upgrade).for_each(|queue| queue.end(reason));
    }
}

impl Queues {
    fn add(&mut self, backlog: Backlog, capacity: usize) -> Arc<Queue> {
        let state = State { backlog, ended: self.ended.clone(), waker: None };
        let queue = Arc::new(Queue { state: Mutex::new(state), filled: Condvar::new(), capacity });
        self.all.push(Arc::downgrade(&queue));
        queue
    }
}

impl Queue {
    fn push(&self, event: Arc<RawEvent<'static>>) {
        self.change(|state| {
            let name = Escaped::new(&event.name);
            if state.backlog.is_full(self.capacity) && state.backlog.missed == 0 {
                tracing::debug!(%name, "events are not read in time: the oldest are dropped");
            }
            state.backlog.push(Arc::clone(&event), self.capacity);
        });
    }

    fn end(&self, reason: &Gone) {
        self.change(|state| state.ended = Some(reason.clone()));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let waker = {
            let mut state = lock(&self.state);
            change(&mut state);
            state.waker.take()
        };
        self.filled.notify_one();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// How many events were dropped since the last call.
    pub(in crate::client) fn take_missed(&self) -> u64 {
        let missed = std::mem::take(&mut lock(&self.state).backlog.missed);
        if missed > 0 {
            tracing::debug!(missed, "events were dropped");
        }
        missed
    }

    /// How the connection has ended, if it has.
    pub(in crate::client) fn ended(&self) -> Option<Gone> {
        lock(&self.state).ended.clone()
    }

    /// Waits for the next event, without a limit or until the deadline.
    pub(in crate::client) fn wait(
        &self,
        deadline: Option<Instant>,
    ) -> Result<Arc<RawEvent<'static>>, NoEvent> {
        let mut state = lock(&self.state);
        loop {
            if let Some(event) = state.backlog.events.pop_front() {
                return Ok(event);
            }
            if let Some(reason) = &state.ended {
                return Err(NoEvent::Ended(reason.clone()));
            }
            state = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => wait(&self.filled, state),
                Some(Duration::ZERO) => return Err(NoEvent::Late),
                Some(left) => wait_for(&self.filled, state, left),
            };
        }
    }

    #[cfg_attr(not(feature = "tokio"), allow(dead_code, reason = "each client uses a part"))]
    pub(in crate::client) fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<Arc<RawEvent<'static>>, Gone>> {
        let mut state = lock(&self.state);
        if let Some(event) = state.backlog.events.pop_front() {
            return Poll::Ready(Ok(event));
        }
        if let Some(reason) = &state.ended {
            return Poll::Ready(Err(reason.clone()));
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
