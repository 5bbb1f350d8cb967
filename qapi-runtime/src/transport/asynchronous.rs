//! Transports on tokio: Unix sockets, TCP, any stream. Each session is a task.
//!
//! # Where handlers run
//!
//! - An async handler is polled by the session's task.
//! - A synchronous handler also runs on the session's task, and blocks that worker thread of the runtime until it
//!   returns. It should take microseconds.
//! - A handler that is declared blocking (`Builder::blocking` of `qapi-gen`, per command) runs on tokio's blocking
//!   threads, at the cost of a hop between threads, some ten microseconds per command. A handler that blocks without
//!   being declared delays other sessions, and on a single-threaded runtime everything.
//! - When a client has negotiated out-of-band execution, its synchronous in-band commands run on the blocking threads,
//!   too, so that the session continues to read.
//!
//! The [driver](crate::monitor::driver) makes the decisions; the tasks carry them out. One service thread per monitor
//! writes events, and replies that would otherwise wait for a slow handler.

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
    /// Runs handlers inside this runtime's context, even when a plain thread or your own event loop calls them.
    ///
    /// Without it, a handler that uses tokio (`tokio::time::sleep`, a socket, `tokio::spawn`) panics on the thread
    /// transport and with an in-process client. The transports on tokio do not need this setting.
    #[must_use]
    pub fn runtime(mut self, runtime: tokio::runtime::Handle) -> Builder {
        self.surrounding = Some(Arc::new(move |call| {
            let _inside = runtime.enter();
            call();
        }));
        self
    }
}

/// Shuts the monitor down like [`Monitor::shutdown`], without blocking the runtime.
pub async fn shutdown(monitor: &Monitor, limit: Duration) -> bool {
    let monitor = monitor.clone();
    // An error means that `shutdown` panicked or the runtime ended: then not all output is known to be written.
    tokio::task::spawn_blocking(move || monitor.shutdown(limit)).await.unwrap_or(false)
}
