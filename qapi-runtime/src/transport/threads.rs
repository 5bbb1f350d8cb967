//! Transports on standard threads: standard input and output, Unix sockets, TCP, any stream.
//!
//! Each session has a thread that reads, and runs its commands. When a client has negotiated out-of-band execution, its
//! in-band commands run on a worker thread of its own, so that reading goes on. A service thread, one for each monitor,
//! writes what clients did not take at once, events for sessions that read, and replies that a handler keeps waiting.
//!
//! What is to be done is the [driver](crate::monitor::driver)'s business; these threads obey it.

mod bell;
mod block_on;
mod client;
mod listener;
mod pipe;

pub use listener::{Handle, Listener, Threads, attach_socket};
pub use pipe::{attach, serve_stdio};

use crate::Monitor;
use std::io;

/// Starts the threads that a monitor's sessions share, so that none has to be started later.
///
/// To be called before a process restricts its own system calls. Sessions start threads of their own all the same.
///
/// # Errors
///
/// A thread cannot be started.
pub fn prepare(monitor: &Monitor) -> io::Result<Prepared> {
    crate::transport::service::Service::of(monitor).map(Prepared)
}

/// Keeps the threads that [`prepare`] has started.
pub struct Prepared(
    #[expect(dead_code, reason = "kept, not used")] std::sync::Arc<crate::transport::service::Service>,
);

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").finish_non_exhaustive()
    }
}
