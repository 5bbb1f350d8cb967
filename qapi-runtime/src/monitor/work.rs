//! How many commands run, for a shutdown that waits for them.

use crate::sync::{AtomicUsize, Condvar, Mutex, lock, wait_for};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Set when no command may begin any more. The bits below it count those that run.
const CLOSED: usize = 1 << (usize::BITS - 1);

#[derive(Debug, Default)]
pub(crate) struct Work {
    running: AtomicUsize,
    lock: Mutex<()>,
    done: Condvar,
}

/// A command runs, and its answer is not yet in the output. `W` refers to the work.
#[derive(Debug)]
pub(crate) struct Busy<W: Deref<Target = Work>>(Option<W>);

impl Busy<&Work> {
    /// The same, by a reference that is counted. `work` is the work that it belongs to.
    pub(crate) fn keep(mut self, work: &Arc<Work>) -> Busy<Arc<Work>> {
        Busy(self.0.take().map(|_| Arc::clone(work)))
    }
}

impl Work {
    /// Notes that a command runs, unless none may any more.
    pub(crate) fn begin(&self) -> Option<Busy<&Work>> {
        let busy = Busy(Some(self));
        // Counted first, so that a shutdown that comes in between waits for us; then `busy` takes it back.
        let before = self.running.fetch_add(1, Ordering::SeqCst);
        (before & CLOSED == 0).then_some(busy)
    }

    /// Whether no command may begin any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.running.load(Ordering::SeqCst) & CLOSED != 0
    }

    /// Lets no more commands begin.
    pub(super) fn refuse(&self) {
        self.running.fetch_or(CLOSED, Ordering::SeqCst);
    }

    /// How many commands run.
    #[cfg(all(test, shuttle))]
    pub(super) fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst) & !CLOSED
    }

    /// Lets no more commands begin and waits for those that run. Returns whether they have ended in time.
    pub(super) fn close(&self, until: Instant) -> bool {
        let mut guard = lock(&self.lock);
        self.refuse();
        while self.running.load(Ordering::SeqCst) != CLOSED {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            guard = wait_for(&self.done, guard, left);
        }
        true
    }
}

impl<W: Deref<Target = Work>> Drop for Busy<W> {
    fn drop(&mut self) {
        let Some(work) = &self.0 else { return };
        let before = work.running.fetch_sub(1, Ordering::SeqCst);
        if before == CLOSED | 1 {
            // Who closes holds the lock from its look to its wait, so it is not missed.
            drop(lock(&work.lock));
            work.done.notify_all();
        }
    }
}
