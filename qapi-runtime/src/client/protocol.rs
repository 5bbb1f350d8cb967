//! A client's side of the protocol as a state machine: it does no I/O, reads no clock and never blocks.
//!
//! 1. [`receive`](Core::receive) what the server sent, and take [`next`](Core::next) until it has nothing;
//! 2. [`send`](Core::send) commands, whenever;
//! 3. write what [`next_output`](Core::next_output) gives, after either.
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
mod reply;

use super::{Gone, GoneReason, Greeting, Options, RawEvent, Refusal, Request};
use crate::File;
use crate::dialect::Dialect;
use crate::json::{Item, Object, ParseError, Parser, Value};
use calls::Calls;
pub use calls::{Cancelled, Outgoing};

/// A call: its id on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(i64);

/// Why a call has no return value.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The server said so.
    Refused(Refusal),
    /// The connection ended.
    Gone {
        /// How.
        reason: Gone,
        /// Whether the command had been handed out to be written.
        sent: bool,
    },
}

/// What the server sent, or what came of it.
#[derive(Debug)]
pub enum Incoming<'a> {
    /// Something that concerns the state machine only.
    Handled,
    /// Commands are taken from here on.
    Ready,
    /// A call is over.
    Reply(CallId, Result<Value<'a>, Failure>),
    /// An event happened.
    Event(RawEvent<'a>),
    /// The connection is of no use any more. Comes once, before the calls in flight end.
    Ended(Gone),
}

/// One connection.
#[derive(Debug)]
pub struct Core {
    parser: Parser,
    machine: Machine,
}

#[derive(Debug)]
struct Machine {
    dialect: Dialect,
    wants_out_of_band: bool,
    state: State,
    greeting: Greeting,
    calls: Calls,
    /// The end is to be told.
    end: Option<Gone>,
}

#[derive(Debug)]
enum State {
    /// The server has not said anything.
    Greeting,
    /// The answer to this call ends the negotiation, which may switch on out-of-band execution.
    Negotiating {
        call: CallId,
        out_of_band: bool,
    },
    /// What comes before this number returns was meant for a client before us.
    Synchronising(i64),
    Ready,
    Ended(Gone),
}

impl Core {
    /// A connection that begins. `nonce` should be another one for each: ids are made from it, so that a reply to a client
    /// before us is never taken for one of ours.
    #[must_use]
    pub fn new(dialect: Dialect, options: &Options, nonce: u32) -> Core {
        // Integers of 63 bits come back as they are from every server.
        let first = i64::from(nonce & 0x3FFF_FFFF) << 32;
        let mut calls = Calls::new(first, dialect == Dialect::Agent);
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
            state,
            greeting: Greeting::default(),
            calls,
            end: None,
        };
        Core { parser: Parser::with_limits(options.limits), machine }
    }

    /// Takes what the server sent, in pieces of any size.
    pub fn receive(&mut self, bytes: &[u8]) {
        if !self.is_ended() {
            self.parser.feed(bytes);
        }
    }

    /// What came of it; one thing a call, until there is nothing more.
    ///
    /// Not an [`Iterator`], since what it gives borrows from the parser.
    #[expect(clippy::should_implement_trait, reason = "a lending iterator")]
    pub fn next(&mut self) -> Option<Incoming<'_>> {
        let Core { parser, machine } = self;
        if let Some(end) = machine.end.take() {
            return Some(Incoming::Ended(end));
        }
        if let Some((id, result)) = machine.calls.next_done() {
            return Some(Incoming::Reply(id, result.map(Value::Object)));
        }
        if matches!(machine.state, State::Ended(_)) {
            return None;
        }
        Some(match parser.next()? {
            Item::Error(error) => machine.take_fault(&error),
            Item::Message(message) => match message.into_value() {
                Value::Object(object) => machine.take(object),
                // The end of something, said to a client before us.
                _ if matches!(machine.state, State::Synchronising(_)) => Incoming::Handled,
                _ => machine.leave("a message that is no object"),
            },
        })
    }

    /// Has a command sent, as soon as there is a place for it.
    pub fn send(&mut self, request: Request) -> CallId {
        let id = self.machine.calls.push(request);
        if let State::Ended(reason) = &self.machine.state {
            self.machine.calls.end(&reason.clone());
        }
        id
    }

    /// Forgets a call: its reply, if one is to come, is thrown away.
    pub fn cancel(&mut self, call: CallId) -> Cancelled {
        self.machine.calls.cancel(call)
    }

    /// What is to be written next; once it is taken, it counts as sent.
    #[must_use]
    pub fn next_output(&mut self) -> Option<Outgoing> {
        match self.machine.state {
            State::Ended(_) => None,
            State::Ready => self.machine.calls.next_output(),
            _ => self.machine.calls.next_urgent(),
        }
    }

    /// The connection has ended; every call in flight ends with that.
    pub fn close(&mut self, reason: GoneReason) {
        self.machine.close(Gone::new(reason));
    }

    /// Whether the connection has ended.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        matches!(self.machine.state, State::Ended(_))
    }

    /// What the server said first.
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

impl Machine {
    fn take<'a>(&mut self, mut message: Object<'a>) -> Incoming<'a> {
        match &self.state {
            State::Greeting => match message.get("QMP") {
                Some(greeting) => {
                    self.greeting = Greeting::read(greeting);
                    self.negotiate();
                    Incoming::Handled
                }
                // An agent, or something that is no QMP at all.
                None => self.leave("it did not greet"),
            },
            State::Synchronising(_) if message.get("QMP").is_some() => {
                self.leave("it greets as a monitor, and is no guest agent")
            }
            State::Synchronising(number) => match (message.remove("return"), message.get("error")) {
                (Some(Value::Int(returned)), _) if returned == *number => {
                    self.state = State::Ready;
                    Incoming::Ready
                }
                (None, Some(error))
                    if reply::read_error(error).class == crate::ErrorClass::CommandNotFound =>
                {
                    self.leave("it knows no guest-sync-delimited, and is no guest agent")
                }
                // What an earlier client left behind.
                _ => Incoming::Handled,
            },
            State::Negotiating { .. } | State::Ready if message.get("event").is_some() => {
                match RawEvent::read(message) {
                    Some(event) => Incoming::Event(event),
                    None => self.leave("an event without a name"),
                }
            }
            State::Negotiating { .. } | State::Ready => match reply::read(message) {
                Some(reply) => self.take_reply(reply),
                None => self.leave("a message that is neither a reply nor an event"),
            },
            State::Ended(_) => Incoming::Handled,
        }
    }

    fn take_reply<'a>(&mut self, reply: reply::Reply<'a>) -> Incoming<'a> {
        let id = match self.calls.find(&reply.id) {
            Some(id) => id,
            // A reply to a client before us.
            None => return Incoming::Handled,
        };
        match self.state {
            State::Negotiating { call, out_of_band } if call == id => {
                let _ = self.calls.finish(id);
                return match reply.result {
                    Ok(_) => {
                        self.calls.set_out_of_band(out_of_band);
                        self.state = State::Ready;
                        Incoming::Ready
                    }
                    Err(refusal) => self.leave(&format!("it refused the negotiation: {refusal}")),
                };
            }
            _ => {}
        }
        match self.calls.finish(id) {
            Some(id) => Incoming::Reply(id, reply.result.map_err(Failure::Refused)),
            None => Incoming::Handled,
        }
    }

    fn negotiate(&mut self) {
        let out_of_band =
            self.wants_out_of_band && self.greeting.capabilities.iter().any(|capability| capability == "oob");
        let call = self.calls.negotiate(out_of_band);
        self.state = State::Negotiating { call, out_of_band };
    }

    fn take_fault(&mut self, error: &ParseError) -> Incoming<'static> {
        // An agent sends FF, which is nothing in JSON, to get in step; and whatever it was in the middle of is no matter then.
        if self.dialect == Dialect::Agent && error.is_lexical()
            || matches!(self.state, State::Synchronising(_))
        {
            return Incoming::Handled;
        }
        self.leave(&error.to_string())
    }

    /// The server left the protocol: nothing it says can be trusted to belong to a call.
    fn leave(&mut self, what: &str) -> Incoming<'static> {
        self.close(Gone::new(GoneReason::Protocol(what.to_owned())));
        Incoming::Handled
    }

    fn close(&mut self, reason: Gone) {
        if matches!(self.state, State::Ended(_)) {
            return;
        }
        self.calls.end(&reason);
        self.end = Some(reason.clone());
        self.state = State::Ended(reason);
    }
}
