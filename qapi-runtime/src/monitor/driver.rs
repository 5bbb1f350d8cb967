//! Drives sessions: one state machine for every transport, and for your own event loop.
//!
//! A [`Connection`] makes every decision about one client: which command runs next and on which thread, what is written
//! when, how far the client may fall behind, and when the session ends. It does no I/O, starts no thread and reads no
//! clock. The event loop that owns it does three things:
//!
//! - **report input**: bytes [arrived](Connection::receive), the input [ended](Connection::end_input), the client
//!   [left](Connection::leave);
//! - **call [`advance`](Connection::advance)** until it returns [`Wait`](Action::Wait). Handlers run inside this call,
//!   unless the [`Placement`] makes them run on another thread;
//! - **write output**: [`flush`](Connection::flush) passes the output to a closure that writes it.
//!
//! There is one signal. Everything that makes another action possible (an event, a turn, a future, a command that ran
//! on another thread, a shutdown) wakes the waker of the last call to `advance`, or that of the [`Driver`]; then call
//! `advance` again.
//!
//! Handlers must be `Send` and `Sync`, as for every monitor. State that is bound to one thread can be used in a loop on
//! that thread: `SendWrapper` of the crate `send_wrapper` makes any type `Send` and `Sync`, and panics on access from
//! another thread. `examples/epoll` does this with its state and the future of an async handler; `docs/server.md` lists
//! the pitfalls.
//!
//! The transports of this crate are such loops. This one runs on a single thread, with a vector in place of the socket:
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
//!         // A real loop polls the socket for this interest.
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

/// What the owner of a [`Connection`] must do next.
#[derive(Debug)]
pub enum Action {
    /// There is output: [flush](Connection::flush) it and call `advance` again.
    Write,
    /// Run this job on another thread, and call `advance` again without waiting for it.
    Beside(Job),
    /// Nothing can be done until the socket is ready for this, or the waker is woken.
    Wait(Interest),
    /// The session is over: close the connection and drop the [`Connection`].
    Close,
}

/// What a connection waits for. Valid until the next call to [`advance`](Connection::advance).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// Input. When false, do not read: the client has to wait.
    pub read: bool,
    /// Room for output.
    pub write: bool,
}

/// Where commands run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Placement {
    /// All run in [`advance`](Connection::advance), so the loop does nothing else until a handler returns. On a single
    /// thread, an out-of-band command cannot overtake a command whose handler is not async.
    Here,
    /// For a thread per session: commands run in `advance`, except for the in-band commands of sessions with
    /// out-of-band execution, which run on [another thread](Action::Beside). Nothing is read while a future is awaited.
    Thread,
    /// For a task per session: async handlers are polled in `advance`. Other handlers run there, too, except for those
    /// declared [blocking](crate::CommandFlags::BLOCKING) and for the in-band commands of sessions with out-of-band
    /// execution, which run on [another thread](Action::Beside).
    Task,
}

/// The result of writing output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flushed {
    /// Everything is written.
    Empty,
    /// The socket is full: flush again when it has room.
    Blocked,
    /// The session is over; its output is written or lost.
    Over,
}
