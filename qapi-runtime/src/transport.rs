//! Transports move bytes between clients and sessions. They make no decisions of the protocol.

#[cfg(all(unix, feature = "transport"))]
mod adopt;
#[cfg(all(unix, feature = "transport"))]
mod bound;
#[cfg(all(unix, feature = "transport"))]
mod endpoint;
#[cfg(all(unix, feature = "transport"))]
mod input;
#[cfg(all(unix, feature = "transport"))]
mod listener;
#[cfg(all(unix, feature = "transport"))]
mod lock;
#[cfg(any(shuttle, all(unix, feature = "transport")))]
pub(crate) mod registry;
#[cfg(all(unix, feature = "transport"))]
mod service;
#[cfg(all(unix, feature = "transport"))]
pub mod socket;
#[cfg(all(unix, feature = "systemd", feature = "transport"))]
mod systemd;
#[cfg(all(unix, feature = "threads"))]
pub mod threads;
#[cfg(all(unix, feature = "tokio"))]
pub mod tokio;
#[cfg(all(unix, feature = "transport"))]
mod unix;
#[cfg(all(unix, feature = "transport"))]
mod watch;

#[cfg(all(unix, feature = "transport"))]
pub use listener::Listener;
#[cfg(all(unix, feature = "transport"))]
pub use unix::UnixOptions;

#[cfg(all(unix, feature = "transport"))]
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
