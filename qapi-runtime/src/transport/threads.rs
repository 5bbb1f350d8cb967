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

pub use listener::{Handle, Listener, attach_socket};
pub use pipe::{attach, serve_stdio};
