//! Transports on standard threads: standard input and output, Unix sockets, TCP, any stream.
//!
//! Each session has a thread that reads its input and runs its commands. When a client has negotiated out-of-band
//! execution, a worker thread of the session runs the in-band commands, so that the first thread continues to read. One
//! service thread per monitor writes output that did not fit into a socket, events for sessions whose thread is
//! reading, and replies that would otherwise wait for a slow handler.
//!
//! The [driver](crate::monitor::driver) makes the decisions; the threads carry them out.

mod bell;
mod block_on;
mod client;
mod listener;
mod pipe;

pub use listener::{Handle, Listener, attach_socket};
pub use pipe::{attach, serve_stdio};
