//! Transports move bytes between clients and sessions. They make no decisions of the protocol.
//!
//! `threads` runs on standard threads (feature `threads`), `asynchronous` on tokio (feature `tokio`). [`socket`] is for
//! your own event loop.

mod adopt;
#[cfg(feature = "tokio")]
pub mod asynchronous;
mod bound;
mod endpoint;
mod input;
mod listener;
mod lock;
pub(crate) mod registry;
mod service;
pub mod socket;
#[cfg(feature = "systemd")]
mod systemd;
#[cfg(feature = "threads")]
pub mod threads;
mod unix;
mod watch;

pub use listener::Listener;
pub use unix::UnixOptions;

impl crate::Monitor {
    /// Starts the service that the transports of this crate share for this monitor: a thread with a socket pair and an
    /// epoll instance. It runs for as long as the monitor exists.
    ///
    /// Use this in a process that restricts its own system calls: call `prepare`, serve the listeners, then restrict.
    /// Serving a listener starts the service as well, but then it ends with the last listener and session. On standard
    /// threads, each session still starts threads of its own.
    ///
    /// # Errors
    ///
    /// The thread cannot be started, or the process has no descriptors left.
    pub fn prepare(&self) -> std::io::Result<()> {
        self.keep_prepared(service::Service::of(self)?);
        Ok(())
    }
}
