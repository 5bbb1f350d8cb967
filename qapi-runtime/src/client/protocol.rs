//! The client's side of the protocol as a state machine: it does no I/O, reads no clock and never blocks.
//!
//! 1. Pass what the server sent to [`receive`](Core::receive), then call [`next`](Core::next) until it returns `None`;
//! 2. [`send`](Core::send) commands at any time;
//! 3. after either, write what [`next_output`](Core::next_output) returns.
//!
//! Commands may be sent before the server has greeted; they wait until it is ready.
//!
//! ```
//! use qapi_runtime::client::protocol::{Core, Incoming};
//! use qapi_runtime::client::{Options, Request};
//! use qapi_runtime::control::command::QueryVersion;
//! use qapi_runtime::session::Dialect;
//!
//! let mut core = Core::new(Dialect::Monitor, &Options::new(), 7);
//! let call = core.send(Request::new(&QueryVersion::new())?);
//! assert!(core.next_output().is_none());
//!
//! core.receive(br#"{"QMP": {"version": {}, "capabilities": []}}"#);
//! while core.next().is_some() {}
//! let negotiation = core.next_output().unwrap();
//! assert_eq!(negotiation.bytes, br#"{"execute": "qmp_capabilities", "id": 30064771072}"#);
//!
//! core.receive(br#"{"return": {}, "id": 30064771072}"#);
//! assert!(matches!(core.next(), Some(Incoming::Ready)));
//! assert_eq!(core.next_output().unwrap().bytes, br#"{"execute": "query-version", "id": 30064771073}"#);
//!
//! core.receive(br#"{"return": 1, "id": 30064771073}"#);
//! let Some(Incoming::Reply(id, Ok(value))) = core.next() else { panic!() };
//! assert_eq!(id, call);
//! # Ok::<(), qapi_runtime::Error>(())
//! ```

mod calls;
mod log;
mod machine;
mod opening;
mod reply;

use super::{Gone, GoneReason, Greeting, Options, RawEvent, Refusal, Request};
use crate::File;
use crate::dialect::Dialect;
use crate::json::{Item, Parser, Value};
use calls::Calls;
pub use calls::{Cancelled, Outgoing};
use log::Log;
use machine::{Machine, State};
use opening::Opening;

/// Identifies a call: its id on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(i64);

/// Why a call has no return value.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The server answered with an error.
    Refused(Refusal),
    /// The connection ended.
    Gone {
        /// How it ended.
        reason: Gone,
        /// Whether the command had been passed out to be written.
        sent: bool,
    },
}

/// What [`Core::next`] returns.
#[derive(Debug)]
pub enum Incoming<'a> {
    /// A message that only the state machine needs.
    Handled,
    /// The negotiation is over: commands are sent from here on.
    Ready,
    /// A call has ended.
    Reply(CallId, Result<Value<'a>, Failure>),
    /// An event happened.
    Event(RawEvent<'a>),
    /// The connection has ended. Returned once, before the failures of the calls in flight.
    Ended(Gone),
}

/// One connection.
#[derive(Debug)]
pub struct Core {
    parser: Parser,
    machine: Machine,
}

impl Core {
    /// The bits of a nonce that are used: every server returns integers of up to 63 bits unchanged.
    pub(super) const NONCES: u32 = 0x3FFF_FFFF;

    /// Begins a connection. `nonce` should differ between connections: ids are derived from it, so that a reply to an
    /// earlier client is never taken for a reply to this one.
    #[must_use]
    pub fn new(dialect: Dialect, options: &Options, nonce: u32) -> Core {
        let nonce = nonce & Core::NONCES;
        let first = i64::from(nonce) << 32;
        let log = Log { connection: nonce, contents: options.log_contents };
        let mut calls = Calls::new(first, dialect == Dialect::Agent, log);
        let state = match dialect {
            Dialect::Agent => {
                calls.synchronise(first);
                State::Synchronising(first)
            }
            _ => State::Greeting,
        };
        let machine = Machine {
            dialect,
            wants_out_of_band: options.out_of_band,
            log,
            opening: Opening::new(matches!(state, State::Greeting)),
            state,
            greeting: Greeting::default(),
            calls,
            end: None,
        };
        Core { parser: Parser::with_limits(options.limits), machine }
    }

    /// Feeds bytes that the server sent, in pieces of any size.
    pub fn receive(&mut self, bytes: &[u8]) {
        match self.machine.state {
            State::Ended(_) => {}
            State::Ready => self.parser.feed(bytes),
            _ => self.parser.feed(self.machine.opening.admit(bytes)),
        }
    }

    /// Returns what came next, one item per call, and `None` when there is nothing more.
    ///
    /// Not an [`Iterator`], because the items borrow from the parser.
    #[expect(clippy::should_implement_trait, reason = "a lending iterator")]
    pub fn next(&mut self) -> Option<Incoming<'_>> {
        let Core { parser, machine } = self;
        if machine.is_opening() {
            machine.read_first_line(parser);
        }
        if let Some(end) = machine.end.take() {
            return Some(Incoming::Ended(end));
        }
        if let Some((id, result)) = machine.calls.next_done() {
            return Some(Incoming::Reply(id, result.map(Value::Object)));
        }
        if matches!(machine.state, State::Ended(_)) {
            return None;
        }
        Some(match parser.next() {
            Some(Item::Error(error)) => machine.take_fault(&error),
            Some(Item::Message(message)) => match message.into_value() {
                Value::Object(object) => machine.take(object),
                // The tail of a message to an earlier client.
                _ if matches!(machine.state, State::Synchronising(_)) => Incoming::Handled,
                _ => machine.leave("a message that is no object"),
            },
            None if machine.is_opening() && machine.opening.is_beyond() => {
                machine.leave("more than 16 MiB arrived before it was ready")
            }
            None => return None,
        })
    }

    /// Queues a command, which is sent as soon as the limit of commands in flight allows.
    pub fn send(&mut self, request: Request) -> CallId {
        let id = self.machine.calls.push(request);
        if let State::Ended(reason) = &self.machine.state {
            self.machine.calls.end(&reason.clone());
        }
        id
    }

    /// Cancels a call: its reply, if one arrives, is discarded.
    pub fn cancel(&mut self, call: CallId) -> Cancelled {
        self.machine.calls.cancel(call)
    }

    /// Returns what to write next. Commands in it count as sent from here on.
    #[must_use]
    pub fn next_output(&mut self) -> Option<Outgoing> {
        match self.machine.state {
            State::Ended(_) => None,
            State::Ready => self.machine.calls.next_output(),
            _ => self.machine.calls.next_urgent(),
        }
    }

    /// Ends the connection. Every call in flight fails with this reason.
    pub fn close(&mut self, reason: GoneReason) {
        self.machine.close(Gone::new(reason));
    }

    /// Whether the connection has ended.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        matches!(self.machine.state, State::Ended(_))
    }

    /// The server's greeting.
    #[must_use]
    pub fn greeting(&self) -> &Greeting {
        &self.machine.greeting
    }

    /// Whether out-of-band execution was negotiated.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        self.machine.calls.is_out_of_band()
    }
}
