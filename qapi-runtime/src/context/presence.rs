//! Tracks whether the client of a session has left.

use crate::sync::{AtomicBool, Mutex, lock};
use std::fmt;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

/// Asks the kernel, without blocking, whether the client has left. Supplied by the transport.
pub(crate) type Probe = Box<dyn Fn() -> bool + Send + Sync>;

/// Whether the client of a session has left. Shared by the driver and the handlers.
#[derive(Default)]
pub(crate) struct Presence {
    left: AtomicBool,
    probe: Option<Probe>,
    waiting: Mutex<Vec<Waker>>,
}

impl Presence {
    /// Creates the presence of a client that `probe`, if given, asks the kernel about.
    pub(crate) fn new(probe: Option<Probe>) -> Presence {
        Presence { probe, ..Presence::default() }
    }

    /// Whether the driver has noticed that the client has left.
    pub(crate) fn has_left(&self) -> bool {
        self.left.load(Ordering::SeqCst)
    }

    /// Whether the client has left, even if the driver has not noticed because its thread is running a command.
    pub(crate) fn ask(&self) -> bool {
        self.has_left() || self.probe.as_ref().is_some_and(|probe| probe())
    }

    /// Marks the client as gone and wakes all waiters.
    pub(crate) fn leave(&self) {
        self.left.store(true, Ordering::SeqCst);
        let waiting = std::mem::take(&mut *lock(&self.waiting));
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Ready when the client has left.
    pub(crate) fn poll_left(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.ask() {
            return Poll::Ready(());
        }
        let mut waiting = lock(&self.waiting);
        // `leave` sets the mark and then takes this lock. So either the mark is seen here, or `leave` finds the waker.
        if self.has_left() {
            return Poll::Ready(());
        }
        if !waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence").field("left", &self.has_left()).finish_non_exhaustive()
    }
}
