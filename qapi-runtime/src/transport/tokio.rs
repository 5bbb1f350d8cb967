//! Transports on tokio: Unix sockets, TCP, any stream; a task for each session.
//!
//! # Where handlers run
//!
//! - An async handler is polled by the session's task.
//! - Any other runs on the session's task, and holds up what else waits for that thread of the runtime until it returns:
//!   it should take microseconds.
//! - One that is declared blocking (`Builder::blocking` of `qapi-gen`, for each command) runs on tokio's threads for
//!   blocking work, at the price of a hop between threads, some ten microseconds a command. A handler that blocks and is
//!   not declared delays other sessions, and on a runtime with a single thread everything.
//! - When a client has negotiated out-of-band execution, its in-band commands run on these threads, too, so that reading
//!   goes on.
//!
//! What is to be done is the [driver](crate::monitor::driver)'s business; these tasks obey it. Beside them a service thread, one
//! for each monitor, writes events, and replies that a handler keeps waiting.

mod client;
mod listener;
mod pipe;
mod stream;

pub use listener::{Handle, Listener, attach, attach_socket};

use crate::Monitor;
use crate::monitor::Builder;
use std::sync::Arc;
use std::time::Duration;

impl Builder {
    /// Has handlers run within this runtime, also where a thread or a loop of one's own calls them.
    ///
    /// Without it, a handler that uses tokio (`tokio::time::sleep`, a socket, `tokio::spawn`) panics on the thread transport
    /// and with a client in the process. The transports on tokio need no such setting.
    #[must_use]
    pub fn runtime(mut self, runtime: tokio::runtime::Handle) -> Builder {
        self.surrounding = Some(Arc::new(move |call| {
            let _inside = runtime.enter();
            call();
        }));
        self
    }
}

/// Ends the service as [`Monitor::shutdown`] does, without blocking the runtime.
pub async fn shutdown(monitor: &Monitor, limit: Duration) -> bool {
    let monitor = monitor.clone();
    // A panic in there would be ours; the caller hears that not all is written.
    tokio::task::spawn_blocking(move || monitor.shutdown(limit)).await.unwrap_or(false)
}
