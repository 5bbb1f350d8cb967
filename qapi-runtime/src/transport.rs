//! Transports: they move bytes between clients and sessions, and nothing else.

#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod adopt;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod bound;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod input;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod listener;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod lock;
mod registry;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod service;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub(crate) mod socket;
#[cfg(all(unix, feature = "systemd", any(feature = "threads", feature = "tokio")))]
mod systemd;
#[cfg(all(unix, feature = "threads"))]
pub mod threads;
#[cfg(all(unix, feature = "tokio"))]
pub mod tokio;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod unix;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod watch;

#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub use listener::Listener;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub use unix::UnixOptions;
