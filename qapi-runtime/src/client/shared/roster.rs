//! The subscriptions of a client that heals, which go on from one connection to the next.

use super::queue::Queue;
use super::{Gone, Shared};
use crate::sync::lock;
use std::sync::{Arc, Mutex, Weak};

/// The current client, of type `C`, and the queues that outlive it.
pub(in crate::client) struct Roster<C> {
    state: Mutex<State<C>>,
}

struct State<C> {
    client: C,
    shared: Arc<Shared>,
    queues: Vec<Weak<Queue>>,
    over: Option<Gone>,
}

impl<C: Clone> Roster<C> {
    pub(in crate::client) fn new(client: C, shared: Arc<Shared>) -> Roster<C> {
        Roster { state: Mutex::new(State { client, shared, queues: Vec::new(), over: None }) }
    }

    /// The client of the current connection, which may have ended.
    pub(in crate::client) fn client(&self) -> C {
        lock(&self.state).client.clone()
    }

    /// A queue of the news from now on, with room for this many events. If there is no connection now, that is its first
    /// news.
    pub(in crate::client) fn subscribe(&self, capacity: usize) -> Arc<Queue> {
        let mut state = lock(&self.state);
        let queue = Queue::lasting(capacity);
        if let Some(reason) = &state.over {
            queue.finish(reason);
        }
        state.shared.hub.attach(&queue);
        state.queues.retain(|queue| queue.strong_count() > 0);
        state.queues.push(Arc::downgrade(&queue));
        queue
    }

    /// Goes on with another connection. Returns the client of the last one, or the new one if it is too late.
    pub(in crate::client) fn heal(&self, client: C, shared: Arc<Shared>) -> C {
        let mut state = lock(&self.state);
        if state.over.is_some() {
            return client;
        }
        // Before the news: a reader that hears of the new connection finds its client here.
        let last = std::mem::replace(&mut state.client, client);
        state.shared = shared;
        for queue in state.queues.iter().filter_map(Weak::upgrade) {
            queue.healed();
            state.shared.hub.adopt(&queue);
        }
        last
    }

    /// Ends all subscriptions.
    pub(in crate::client) fn finish(&self, reason: &Gone) {
        let mut state = lock(&self.state);
        state.over.get_or_insert_with(|| reason.clone());
        state.queues.iter().filter_map(Weak::upgrade).for_each(|queue| queue.finish(reason));
    }
}
