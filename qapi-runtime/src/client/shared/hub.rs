//! Passes events from the connection to their readers.

use crate::client::RawEvent;
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
    /// For the first reader, so that it does not miss events right after the negotiation.
    first: Option<Arc<Queue>>,
    all: Vec<Weak<Queue>>,
    ended: bool,
}

/// The events that one reader has not read yet.
pub(in crate::client) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    capacity: usize,
}

#[derive(Default)]
struct State {
    events: VecDeque<Arc<RawEvent<'static>>>,
    missed: u64,
    ended: bool,
    waker: Option<Waker>,
}

impl Hub {
    pub(super) fn new(capacity: usize) -> Hub {
        let first = Arc::new(Queue::new(capacity));
        let all = vec![Arc::downgrade(&first)];
        Hub { capacity, queues: Mutex::new(Queues { first: Some(first), all, ended: false }) }
    }

    pub(super) fn subscribe(&self) -> Arc<Queue> {
        let mut queues = lock(&self.queues);
        if let Some(first) = queues.first.take() {
            return first;
        }
        let queue = Arc::new(Queue::new(self.capacity));
        if queues.ended {
            queue.end();
        }
        queues.all.push(Arc::downgrade(&queue));
        queue
    }

    pub(super) fn send(&self, event: RawEvent<'_>) {
        let event = Arc::new(event.into_owned());
        lock(&self.queues).all.retain(|queue| match queue.upgrade() {
            Some(queue) => {
                queue.push(Arc::clone(&event));
                true
            }
            None => false,
        });
    }

    pub(super) fn end(&self) {
        let mut queues = lock(&self.queues);
        queues.ended = true;
        queues.all.iter().filter_map(Weak::upgrade).for_each(|queue| queue.end());
    }
}

impl Queue {
    fn new(capacity: usize) -> Queue {
        Queue { state: Mutex::default(), filled: Condvar::new(), capacity }
    }

    fn push(&self, event: Arc<RawEvent<'static>>) {
        self.change(|state| {
            if state.events.len() >= self.capacity {
                state.events.pop_front();
                state.missed += 1;
            }
            state.events.push_back(event);
        });
    }

    fn end(&self) {
        self.change(|state| state.ended = true);
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
        std::mem::take(&mut lock(&self.state).missed)
    }

    /// Waits for the next event. `Ok(None)` when the connection has ended, `Err` at the deadline.
    #[cfg_attr(not(feature = "threads"), allow(dead_code, reason = "each client uses a part"))]
    pub(in crate::client) fn wait(
        &self,
        deadline: Option<Instant>,
    ) -> Result<Option<Arc<RawEvent<'static>>>, ()> {
        let mut state = lock(&self.state);
        loop {
            if let Some(event) = state.events.pop_front() {
                return Ok(Some(event));
            }
            if state.ended {
                return Ok(None);
            }
            state = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => wait(&self.filled, state),
                Some(Duration::ZERO) => return Err(()),
                Some(left) => wait_for(&self.filled, state, left),
            };
        }
    }

    #[cfg_attr(not(feature = "tokio"), allow(dead_code, reason = "each client uses a part"))]
    pub(in crate::client) fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Arc<RawEvent<'static>>>> {
        let mut state = lock(&self.state);
        if let Some(event) = state.events.pop_front() {
            return Poll::Ready(Some(event));
        }
        if state.ended {
            return Poll::Ready(None);
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
