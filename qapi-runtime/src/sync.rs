//! Locks that outlive a panic, and the types that a model checker can put its own in place of.
//!
//! In tests built with `--cfg shuttle` these are shuttle's, which tries schedules of the threads that use them: see
//! `monitor/schedules.rs`. What others build is never more than the standard library's.

#[cfg(not(all(test, shuttle)))]
pub(crate) use std::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize},
};

#[cfg(all(test, shuttle))]
pub(crate) use shuttle::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize},
};

use std::sync::PoisonError;
use std::time::Duration;

/// Locks `mutex`. A panic elsewhere does not poison it for us: what we keep behind locks is never left half done, and
/// handlers, which may panic, do not run while we change it.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for `condition` to be notified.
#[cfg_attr(not(all(unix, feature = "threads")), allow(dead_code, reason = "for clients that block"))]
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
