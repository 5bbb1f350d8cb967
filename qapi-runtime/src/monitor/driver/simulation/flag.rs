//! Wakers that only note that they were woken, and a clock that is told the time.

use crate::clock::{Clock, Moment};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Wake, Waker};
use std::time::Duration;

/// Whether a waker was woken.
#[derive(Debug, Default)]
pub(super) struct Flag {
    woken: AtomicBool,
    /// Woken as well.
    also: OnceLock<Arc<Flag>>,
}

impl Flag {
    pub(super) fn is_set(&self) -> bool {
        self.woken.load(Ordering::SeqCst)
    }

    pub(super) fn set(&self) {
        self.woken.store(true, Ordering::SeqCst);
        if let Some(also) = self.also.get() {
            also.set();
        }
    }

    /// Wakes this one alone.
    pub(super) fn set_alone(&self) {
        self.woken.store(true, Ordering::SeqCst);
    }

    /// Takes the mark away; returns whether it was there.
    pub(super) fn take(&self) -> bool {
        self.woken.swap(false, Ordering::SeqCst)
    }

    /// Has another one woken whenever this one is, from here on.
    pub(super) fn wakes(&self, also: &Arc<Flag>) {
        let _ = self.also.set(Arc::clone(also));
    }

    pub(super) fn waker(self: &Arc<Flag>) -> Waker {
        Waker::from(Arc::clone(self))
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Flag>) {
        self.set();
    }

    fn wake_by_ref(self: &Arc<Flag>) {
        self.set();
    }
}

/// The world's time, in microseconds.
#[derive(Debug, Default)]
pub(super) struct FakeClock(AtomicU64);

impl FakeClock {
    pub(super) fn monotonic(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::SeqCst))
    }

    pub(super) fn pass(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Moment {
        Moment { monotonic: self.monotonic(), unix: self.monotonic() }
    }
}
