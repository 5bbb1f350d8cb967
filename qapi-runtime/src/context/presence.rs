//! Whether the client of a session is still there.

use crate::sync::{AtomicBool, Mutex, lock};
use std::fmt;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

/// Asks the kernel whether the client has left, without waiting. The transport knows how.
pub(crate) type Probe = Box<dyn Fn() -> bool + Send + Sync>;

/// Whether the client of a session has left, for its driver and for handlers alike.
#[derive(Default)]
pub(crate) struct Presence {
    left: AtomicBool,
    probe: Option<Probe>,
    waiting: Mutex<Vec<Waker>>,
}

impl Presence {
    /// The presence of a client that `probe` can ask the kernel for.
    pub(crate) fn new(probe: Option<Probe>) -> Presence {
        Presence { probe, ..Presence::default() }
    }

    /// Whether the client has left and the driver knows it.
    pub(crate) fn has_left(&self) -> bool {
        self.left.load(Ordering::SeqCst)
    }

    /// Whether the client has left, also when no driver has noticed: the one who would may be running a command.
    pub(crate) fn ask(&self) -> bool {
        self.has_left() || self.probe.as_ref().is_some_and(|probe| probe())
    }

    /// The client has left: wakes all who wait for it.
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
        // Under the lock that `leave` takes after it has said so: one of the two sees the other.
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
