//! Wakes a session's thread.

use crate::sync::AtomicBool;
#[cfg(all(test, shuttle))]
use shuttle::thread::{self, Thread};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::task::Wake;
#[cfg(not(all(test, shuttle)))]
use std::thread::{self, Thread};

/// Wakes a thread that is parked.
///
/// One that reads does not hear it. What is left to do for its session then is its worker's, which is
/// [told as well](Bell::tells).
#[derive(Default)]
pub(super) struct Bell {
    thread: OnceLock<Thread>,
    rung: AtomicBool,
    /// Tells the worker, once there is one.
    tell: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Bell {
    /// The calling thread is the one to be woken.
    pub(super) fn is_for_this_thread(&self) {
        let _ = self.thread.set(thread::current());
    }

    /// Has `tell` called, too, when the bell is rung. It must not block.
    pub(super) fn tells(&self, tell: impl Fn() + Send + Sync + 'static) {
        let _ = self.tell.set(Box::new(tell));
    }

    /// Forgets that the bell was rung: the thread looks at the session after this.
    pub(super) fn quiet(&self) {
        self.rung.store(false, Ordering::SeqCst);
    }

    /// Wakes the thread alone, for its worker, which has just looked.
    pub(super) fn wake_thread(&self) {
        self.rung.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    /// Parks the thread until the bell is rung.
    pub(super) fn wait(&self) {
        // A ring after this look unparks the thread, even if it is not yet parked.
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
