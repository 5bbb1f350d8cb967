//! Counts the running commands, so that a shutdown can wait for them.

use crate::sync::{AtomicUsize, Condvar, Mutex, lock, wait_for};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Set when no further command may begin. The lower bits count the running commands. One word holds both, so that a
/// command cannot begin between a look at the flag and the count.
const CLOSED: usize = 1 << (usize::BITS - 1);

#[derive(Debug, Default)]
pub(crate) struct Work {
    running: AtomicUsize,
    lock: Mutex<()>,
    done: Condvar,
}

/// A running command whose reply is not yet in the output. `W` is the reference to the count.
#[derive(Debug)]
pub(crate) struct Busy<W: Deref<Target = Work>>(Option<W>);

impl Busy<&Work> {
    /// Turns the borrow into a counted reference. `work` is what it counts in.
    pub(crate) fn keep(mut self, work: &Arc<Work>) -> Busy<Arc<Work>> {
        Busy(self.0.take().map(|_| Arc::clone(work)))
    }
}

impl Work {
    /// Counts a command as running; none after [`refuse`](Work::refuse).
    pub(crate) fn begin(&self) -> Option<Busy<&Work>> {
        let busy = Busy(Some(self));
        // Counted before the check, so that a concurrent shutdown waits for us. If it came first, dropping `busy`
        // uncounts.
        let before = self.running.fetch_add(1, Ordering::SeqCst);
        (before & CLOSED == 0).then_some(busy)
    }

    /// Whether commands are refused.
    pub(crate) fn is_closed(&self) -> bool {
        self.running.load(Ordering::SeqCst) & CLOSED != 0
    }

    /// Refuses further commands.
    pub(super) fn refuse(&self) {
        self.running.fetch_or(CLOSED, Ordering::SeqCst);
    }

    /// How many commands run.
    #[cfg(all(test, shuttle))]
    pub(super) fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst) & !CLOSED
    }

    /// Refuses further commands and waits for the running ones. Returns whether they ended in time.
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
            // `close` holds the lock from its check to its wait. Taking the lock here means that it has not checked yet
            // or already waits, so that the notification is not lost.
            drop(lock(&work.lock));
            work.done.notify_all();
        }
    }
}
