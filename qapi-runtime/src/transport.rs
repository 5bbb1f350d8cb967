//! Transports: they move bytes between clients and sessions, and nothing else.

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
    /// Starts what the transports of this crate share for this monitor, so that none of it has to be made later: a thread,
    /// with a socket pair and an epoll. It lasts as long as the monitor.
    ///
    /// It is for a process that is about to restrict its own system calls: call this and serve the listeners, then
    /// restrict. A listener that serves has done the same; without this call it ends with the last listener and session. A
    /// session on threads starts threads of its own all the same.
    ///
    /// # Errors
    ///
    /// The thread cannot be started, or there are no descriptors left.
    pub fn prepare(&self) -> std::io::Result<()> {
        self.keep_prepared(service::Service::of(self)?);
        Ok(())
    }
}
