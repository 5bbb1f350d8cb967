//! Passes events from the connection to their readers.

use super::queue::{Backlog, Queue};
use crate::client::{Gone, RawEvent};
use crate::sync::lock;
use std::sync::{Arc, Mutex, Weak};

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

    /// Passes the events to a queue that outlives the connection: those since the connection began, as far as they are
    /// kept, and those from now on.
    pub(super) fn adopt(&self, queue: &Arc<Queue>) {
        let mut queues = lock(&self.queues);
        queue.append(&queues.history);
        queues.attach(queue);
    }

    /// The same, without the events since the connection began.
    pub(super) fn attach(&self, queue: &Arc<Queue>) {
        lock(&self.queues).attach(queue);
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
        queues.all.iter().filter_map(Weak::upgrade).for_each(|queue| queue.connection_ended(reason));
    }
}

impl Queues {
    fn add(&mut self, backlog: Backlog, capacity: usize) -> Arc<Queue> {
        let queue = Queue::of_connection(backlog, capacity);
        self.attach(&queue);
        queue
    }

    fn attach(&mut self, queue: &Arc<Queue>) {
        if let Some(reason) = &self.ended {
            queue.connection_ended(reason);
        }
        self.all.push(Arc::downgrade(queue));
    }
}
