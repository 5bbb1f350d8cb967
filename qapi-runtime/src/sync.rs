//! Locks that outlive a panic.

#![cfg_attr(
    not(all(unix, feature = "threads", feature = "tokio")),
    allow(dead_code, reason = "each transport uses a part")
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Locks `mutex`. A panic elsewhere does not poison it for us: what we keep behind locks is never left half done, and
/// handlers, which may panic, do not run while we change it.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for `condition` to be notified.
pub(crate) fn wait<'a, T>(condition: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condition.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

/// The same, for at most `limit`.
pub(crate) fn wait_for<'a, T>(
    condition: &Condvar,
    guard: MutexGuard<'a, T>,
    limit: Duration,
) -> MutexGuard<'a, T> {
    condition.wait_timeout(guard, limit).unwrap_or_else(PoisonError::into_inner).0
}

/// A condition variable that costs nothing to notify while nobody waits: `Condvar` asks the system each time.
///
/// What is waited for changes under the one mutex that the waiters hold, and is notified after that change.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    condition: Condvar,
    waiting: AtomicUsize,
}

impl Signal {
    /// Waits to be notified.
    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.count(|| wait(&self.condition, guard))
    }

    /// The same, for at most `limit`.
    pub(crate) fn wait_for<'a, T>(&self, guard: MutexGuard<'a, T>, limit: Duration) -> MutexGuard<'a, T> {
        self.count(|| wait_for(&self.condition, guard, limit))
    }

    /// Wakes all who wait. Who looked before the change held the mutex, and was counted before it was released.
    pub(crate) fn notify_all(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.condition.notify_all();
        }
    }

    fn count<R>(&self, waits: impl FnOnce() -> R) -> R {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let result = waits();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        result
    }
}
