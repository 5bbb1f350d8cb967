//! Wakes a session's thread.

use crate::sync::AtomicBool;
#[cfg(all(test, shuttle))]
use shuttle::thread::{self, Thread};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::task::Wake;
#[cfg(not(all(test, shuttle)))]
use std::thread::{self, Thread};

/// Wakes a session's reader thread when it is parked.
///
/// A thread that is blocked in a read does not notice. The session's worker then does the work, so the bell
/// [notifies it as well](Bell::tells).
#[derive(Default)]
pub(super) struct Bell {
    thread: OnceLock<Thread>,
    rung: AtomicBool,
    /// Notifies the worker, once there is one.
    tell: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Bell {
    /// Makes the calling thread the one to be woken.
    pub(super) fn is_for_this_thread(&self) {
        let _ = self.thread.set(thread::current());
    }

    /// Also calls `tell` when the bell is rung. It must not block.
    pub(super) fn tells(&self, tell: impl Fn() + Send + Sync + 'static) {
        let _ = self.tell.set(Box::new(tell));
    }

    /// Clears the mark that the bell was rung. The thread must look at the session after this, so that a ring in
    /// between is not lost.
    pub(super) fn quiet(&self) {
        self.rung.store(false, Ordering::SeqCst);
    }

    /// Wakes only the thread. The worker calls this, which has just looked itself.
    pub(super) fn wake_thread(&self) {
        self.rung.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    /// Parks the thread until the bell is rung.
    pub(super) fn wait(&self) {
        // A ring after this check leaves a token, with which `park` returns at once.
        if !self.rung.load(Ordering::SeqCst) {
            thread::park();
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Bell>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Bell>) {
        self.wake_thread();
        if let Some(tell) = self.tell.get() {
            tell();
        }
    }
}
