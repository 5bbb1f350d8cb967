//! What one reader has not read yet: events, and for a reader of several connections what became of these.

use crate::Escaped;
use crate::client::{Gone, RawEvent};
use crate::sync::{lock, wait, wait_for};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

type Event = Arc<RawEvent<'static>>;

/// What a queue holds.
#[derive(Clone, Debug)]
pub(in crate::client) enum News {
    Event(Event),
    /// The connection has ended, and another one may follow.
    Lost(Gone),
    /// Another connection has begun. Events in between were missed.
    Healed,
}

/// News in their order. Beyond the capacity, the oldest events are dropped and counted.
#[derive(Clone, Default)]
pub(super) struct Backlog {
    news: VecDeque<News>,
    events: usize,
    missed: u64,
}

impl Backlog {
    fn is_full(&self, capacity: usize) -> bool {
        self.events >= capacity
    }

    pub(super) fn push(&mut self, event: Event, capacity: usize) {
        if self.is_full(capacity) {
            self.drop_oldest();
        }
        self.events += 1;
        self.news.push_back(News::Event(event));
    }

    fn drop_oldest(&mut self) {
        let oldest = self.news.iter().position(|news| matches!(news, News::Event(_)));
        if let Some(oldest) = oldest {
            self.news.remove(oldest);
            self.events -= 1;
        }
        self.missed += 1;
        self.shorten(0);
    }

    /// Adds what is no event.
    fn mark(&mut self, mark: News) {
        self.news.push_back(mark);
        self.shorten(self.news.len().saturating_sub(3));
    }

    /// Removes two of three marks in a row from here on: the last connection that was lost, and the one that followed, say
    /// all. So a queue that is not read does not grow with each connection.
    fn shorten(&mut self, from: usize) {
        let is_mark = |news: Option<&News>| matches!(news, Some(News::Lost(_) | News::Healed));
        while (from..from + 3).all(|at| is_mark(self.news.get(at))) {
            self.news.drain(from..from + 2);
        }
    }

    fn pop(&mut self) -> Option<News> {
        let news = self.news.pop_front()?;
        self.events -= usize::from(matches!(news, News::Event(_)));
        Some(news)
    }
}

/// The news that one reader has not read yet.
pub(in crate::client) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    /// How many events are kept. With none, the reader only hears of connections.
    capacity: usize,
    /// It outlives its connection.
    is_lasting: bool,
}

struct State {
    backlog: Backlog,
    ended: Option<Gone>,
    waker: Option<Waker>,
}

/// Why a queue has no further news.
pub(in crate::client) enum NoEvent {
    /// The deadline has passed.
    Late,
    /// The connection has ended.
    Ended(Gone),
}

impl Queue {
    pub(super) fn of_connection(backlog: Backlog, capacity: usize) -> Arc<Queue> {
        Queue::new(backlog, capacity, false)
    }

    /// A queue that goes on with the next connection.
    pub(in crate::client) fn lasting(capacity: usize) -> Arc<Queue> {
        Queue::new(Backlog::default(), capacity, true)
    }

    fn new(backlog: Backlog, capacity: usize, is_lasting: bool) -> Arc<Queue> {
        let state = State { backlog, ended: None, waker: None };
        Arc::new(Queue { state: Mutex::new(state), filled: Condvar::new(), capacity, is_lasting })
    }

    pub(super) fn push(&self, event: Event) {
        if self.capacity == 0 {
            return;
        }
        self.change(|state| {
            let name = Escaped::new(&event.name);
            if state.backlog.is_full(self.capacity) && state.backlog.missed == 0 {
                tracing::debug!(%name, "events are not read in time: the oldest are dropped");
            }
            state.backlog.push(Arc::clone(&event), self.capacity);
        });
    }

    /// Appends events that came before.
    pub(super) fn append(&self, history: &Backlog) {
        lock(&self.state).backlog.missed += history.missed;
        for news in &history.news {
            if let News::Event(event) = news {
                self.push(Arc::clone(event));
            }
        }
    }

    pub(in crate::client) fn connection_ended(&self, reason: &Gone) {
        if self.is_lasting {
            self.change(|state| state.backlog.mark(News::Lost(reason.clone())));
        } else {
            self.finish(reason);
        }
    }

    pub(super) fn healed(&self) {
        self.change(|state| state.backlog.mark(News::Healed));
    }

    /// No connection follows.
    pub(super) fn finish(&self, reason: &Gone) {
        self.change(|state| {
            state.ended.get_or_insert_with(|| reason.clone());
        });
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

    /// How the connection has ended, if it has, and no other one follows.
    pub(in crate::client) fn ended(&self) -> Option<Gone> {
        lock(&self.state).ended.clone()
    }

    /// Waits for the next news, without a limit or until the deadline.
    pub(in crate::client) fn wait(&self, deadline: Option<Instant>) -> Result<News, NoEvent> {
        let mut state = lock(&self.state);
        loop {
            if let Some(news) = state.backlog.pop() {
                return Ok(news);
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

    /// Waits for the next event, and skips other news.
    #[cfg_attr(not(feature = "threads"), allow(dead_code, reason = "each client uses a part"))]
    pub(in crate::client) fn wait_for_event(&self, deadline: Option<Instant>) -> Result<Event, NoEvent> {
        loop {
            if let News::Event(event) = self.wait(deadline)? {
                return Ok(event);
            }
        }
    }

    #[cfg_attr(not(feature = "tokio"), allow(dead_code, reason = "each client uses a part"))]
    pub(in crate::client) fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<News, Gone>> {
        let mut state = lock(&self.state);
        if let Some(news) = state.backlog.pop() {
            return Poll::Ready(Ok(news));
        }
        if let Some(reason) = &state.ended {
            return Poll::Ready(Err(reason.clone()));
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Polls for the next event, and skips other news.
    #[cfg_attr(not(feature = "tokio"), allow(dead_code, reason = "each client uses a part"))]
    pub(in crate::client) fn poll_event(&self, cx: &mut Context<'_>) -> Poll<Result<Event, Gone>> {
        loop {
            match self.poll(cx) {
                Poll::Ready(Ok(News::Event(event))) => return Poll::Ready(Ok(event)),
                Poll::Ready(Ok(News::Lost(_) | News::Healed)) => {}
                Poll::Ready(Err(reason)) => return Poll::Ready(Err(reason)),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

#[cfg(test)]
mod tests;
