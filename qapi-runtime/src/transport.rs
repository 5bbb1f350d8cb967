//! Transports: they move bytes between clients and sessions, and nothing else.

#[cfg(all(unix, feature = "transport"))]
mod adopt;
#[cfg(all(unix, feature = "transport"))]
mod bound;
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

/// Starts the service of a monitor, if there is none, which runs as long as what is returned is kept.
#[cfg(all(unix, feature = "transport"))]
pub(crate) fn start_service(
    monitor: &crate::Monitor,
) -> std::io::Result<std::sync::Arc<dyn std::any::Any + Send + Sync>> {
    Ok(service::Service::of(monitor)?)
}
