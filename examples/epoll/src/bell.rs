//! What ends the loop's wait, from wherever it is rung.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::task::Wake;

use rustix::event::{EventfdFlags, eventfd};

/// An eventfd as a waker.
///
/// Any thread may ring it, and a handler inside of the loop, too. It never blocks: it counts up to 2^64 rings.
pub(crate) struct Bell(OwnedFd);

impl Bell {
    pub(crate) fn new() -> io::Result<Bell> {
        Ok(Bell(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?))
    }

    /// Forgets how often it was rung. To be called before the connections are looked at, so that a ring after the look is
    /// not lost.
    pub(crate) fn quiet(&self) {
        // It fails only when it was not rung.
        let _ = rustix::io::read(&self.0, &mut [0; 8]);
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Bell>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Bell>) {
        // It fails only when it has been rung 2^64 times since it was quiet; then the loop is awake.
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }
}

/// Readable when it was rung.
impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
