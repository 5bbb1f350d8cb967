//! Locks that survive a panic, and the types that a model checker replaces.
//!
//! In tests built with `--cfg shuttle` these are shuttle's types, which explore schedules of threads: see
//! `monitor/schedules.rs`. All other builds use the standard library's types.

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

/// Locks `mutex` and ignores poisoning: this crate never leaves state behind a lock half changed, and handlers, which
/// may panic, do not run while it is changed.
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
