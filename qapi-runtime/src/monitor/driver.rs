//! What drives sessions: one state machine for every transport, and for an event loop of one's own.
//!
//! A [`Connection`] decides everything about one client: whose turn it is, where a command runs, what is written when, how
//! far the client may be behind, when it is over. It does no I/O, starts no thread and reads no clock. It is told what
//! happened and says what to do:
//!
//! - **told**: bytes [came](Connection::receive), the input [ended](Connection::end_input), the client
//!   [left](Connection::leave);
//! - **asked**: [`advance`](Connection::advance) until it says [`Wait`](Action::Wait). Handlers run in there, unless the
//!   [`Placement`] has them run beside;
//! - **written**: [`flush`](Connection::flush) hands over what the client is to get.
//!
//! There is one signal. Whatever makes another action possible (an event, a turn, a future, a command that ran beside, a
//! shutdown) wakes the waker that `advance` was called with last, or the [`Driver`]'s; then `advance` is to be called again.
//!
//! Handlers have to be `Send` and `Sync`, as for every monitor. In a loop of one thread their state may be bound to it all the
//! same: a `SendWrapper` of the crate `send_wrapper` is both, whatever is in it, and panics when another thread looks inside.
//! `examples/epoll` keeps its state and the future of an async handler so, and `docs/server.md` says what to mind.
//!
//! The transports of this crate are such loops. This is one for a single thread, without the system's part of it:
//!
//! ```
//! use qapi_runtime::monitor::SessionOptions;
//! use qapi_runtime::monitor::driver::{Action, Driver, Placement};
//! use qapi_runtime::{Monitor, Peer};
//! use std::task::{Context, Waker};
//! # use qapi_runtime::{Call, Dispatch, Outcome, Tables};
//! # static TABLES: Tables = Tables { generation: 1, commands: &[], events: &[], introspection: &[] };
//! # struct NoCommands;
//! # impl Dispatch for NoCommands {
//! #     fn tables(&self) -> &'static Tables { &TABLES }
//! #     fn call(&self, _: usize, _: Call<'_>) -> Outcome { unreachable!() }
//! # }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let monitor = Monitor::builder(NoCommands).build();
//! // A real loop has a waker that ends its wait, for instance by writing to an eventfd.
//! let waker = Waker::noop();
//! let driver = Driver::new(&monitor, waker.clone(), Placement::Here);
//! let mut connection = driver.connect(Peer::Unknown, &SessionOptions::default(), None)?;
//!
//! let mut socket = Vec::new();
//! connection.receive(b"{'execute': 'qmp_capabilities'}", Vec::new());
//! loop {
//!     match connection.advance(&mut Context::from_waker(waker)) {
//!         Action::Write => drop(connection.flush(|bytes| std::io::Write::write(&mut socket, bytes))),
//!         // Poll the socket for what the interest says.
//!         Action::Wait(interest) => break assert!(interest.read && !interest.write),
//!         Action::Beside(_) => unreachable!("every command runs here"),
//!         Action::Close => unreachable!("the client is there"),
//!     }
//! }
//! assert!(socket.ends_with(b"\r\n{\"return\": {}}\r\n"));
//! # Ok(())
//! # }
//! ```

mod connection;
mod link;
mod permit;
#[cfg(all(test, unix))]
mod simulation;
mod state;

pub use connection::{Connection, Driver, Refused};
pub use link::Job;
pub(crate) use link::{Arrival, Host, Link};

/// What is to be done for a client.
#[derive(Debug)]
pub enum Action {
    /// There is output: [flush](Connection::flush) it and ask again.
    Write,
    /// Run this on another thread, and ask again meanwhile.
    Beside(Job),
    /// Nothing can be done until what is said here happens, or the waker is woken.
    Wait(Interest),
    /// The session is over: close the connection and drop the [`Connection`].
    Close,
}

/// What a connection waits for, computed anew each time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// Input. Without it the client is to wait: do not read.
    pub read: bool,
    /// Room for output.
    pub write: bool,
}

/// Where commands run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Placement {
    /// All run in [`advance`](Connection::advance), so that nothing else happens in the loop until a handler returns. With
    /// a single thread an out-of-band command cannot overtake one whose handler is not async.
    Here,
    /// As a thread for each session needs it: in `advance`, except in sessions with out-of-band execution, whose in-band
    /// commands run [beside](Action::Beside). Nothing is read while a future is awaited.
    Thread,
    /// As a task for each session needs it: async handlers are polled in `advance`. Others run in there, too, except for
    /// those that are declared [blocking](crate::CommandFlags::BLOCKING) and for the in-band commands of sessions with
    /// out-of-band execution, which run [beside](Action::Beside).
    Task,
}

/// What came of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flushed {
    /// Everything is written.
    Empty,
    /// The client takes no more now: flush again when it does.
    Blocked,
    /// The session is over, and what it had to say is said or lost.
    Over,
}
