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
mod opening;
mod reply;

use super::{Gone, GoneReason, Greeting, Options, RawEvent, Refusal, Request};
use crate::dialect::Dialect;
use crate::json::{Item, Object, ParseError, Parser, Value};
use crate::{ErrorClass, File};
use calls::Calls;
pub use calls::{Cancelled, Outgoing};
use log::Log;
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

#[derive(Debug)]
struct Machine {
    dialect: Dialect,
    wants_out_of_band: bool,
    log: Log,
    state: State,
    opening: Opening,
    greeting: Greeting,
    calls: Calls,
    /// The end, until [`Core::next`] has returned it.
    end: Option<Gone>,
}

#[derive(Debug)]
enum State {
    /// Waiting for the greeting.
    Greeting,
    /// Waiting for the reply to this call, which may switch on out-of-band execution.
    Negotiating {
        call: CallId,
        out_of_band: bool,
    },
    /// Waiting for this number. Everything that arrives before it was meant for an earlier client.
    Synchronising(i64),
    Ready,
    Ended(Gone),
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

impl Machine {
    fn is_opening(&self) -> bool {
        !matches!(self.state, State::Ready | State::Ended(_))
    }

    /// Takes all items of the first line. A tail has any, so the line is judged as a whole.
    fn read_first_line(&mut self, parser: &mut Parser) {
        while let Some(line) = self.opening.line() {
            match parser.next() {
                None => break,
                Some(Item::Error(_)) => line.is_tail = true,
                Some(Item::Message(message)) => match message.into_value() {
                    Value::Object(object) if object.get("QMP").is_some() || is_of_a_session(&object) => {
                        self.take(object);
                    }
                    _ => line.is_foreign = true,
                },
            }
            if !matches!(self.state, State::Greeting) {
                break;
            }
        }
        let greeted = !matches!(self.state, State::Greeting);
        if let Some((line, rest)) = self.opening.leave_line(greeted) {
            if line.is_tail {
                self.log.skipped();
            } else if line.is_foreign && !greeted {
                self.leave("it did not greet");
            }
            parser.feed(&rest);
        }
    }

    fn take<'a>(&mut self, mut message: Object<'a>) -> Incoming<'a> {
        match &self.state {
            State::Greeting => match message.get("QMP") {
                Some(greeting) => {
                    self.greeting = Greeting::read(greeting);
                    self.log.greeted(&self.greeting);
                    self.negotiate();
                    Incoming::Handled
                }
                None if is_of_a_session(&message) => self.skip(),
                // A server of another protocol.
                None => self.leave("it did not greet"),
            },
            State::Synchronising(_) if message.get("QMP").is_some() => {
                self.leave("it greets as a monitor, and is no guest agent")
            }
            State::Synchronising(number) => match (message.remove("return"), message.get("error")) {
                (Some(Value::Int(returned)), _) if returned == *number => self.become_ready(false),
                (None, Some(error))
                    if is_refusal_of_a_name(&reply::read_error(error))
                        && self.calls.is_handshake(&message) =>
                {
                    self.leave("it knows no guest-sync-delimited, and is no guest agent")
                }
                _ => self.skip(),
            },
            State::Negotiating { .. } | State::Ready if message.get("event").is_some() => {
                match RawEvent::read(message) {
                    Some(event) => {
                        self.log.event(&event);
                        Incoming::Event(event)
                    }
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
            // A server replies in order, and the negotiation has an id: this is a reply to an earlier client.
            _ if reply.id == reply::Id::None && self.is_opening() => return self.skip(),
            Some(id) => id,
            None => return self.skip(),
        };
        self.log.replied(id, &reply.result);
        match self.state {
            State::Negotiating { call, out_of_band } if call == id => {
                let _ = self.calls.finish(id);
                return match reply.result {
                    Ok(_) => self.become_ready(out_of_band),
                    Err(refusal) if is_refusal_of_a_name(&refusal) => {
                        self.close(Gone::new(GoneReason::AlreadyNegotiated));
                        Incoming::Handled
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

    fn become_ready(&mut self, out_of_band: bool) -> Incoming<'static> {
        self.log.ready(out_of_band);
        self.calls.set_out_of_band(out_of_band);
        self.state = State::Ready;
        Incoming::Ready
    }

    /// Drops a message to an earlier client.
    fn skip(&self) -> Incoming<'static> {
        self.log.skipped();
        Incoming::Handled
    }

    fn negotiate(&mut self) {
        let out_of_band =
            self.wants_out_of_band && self.greeting.capabilities.iter().any(|capability| capability == "oob");
        let call = self.calls.negotiate(out_of_band);
        self.state = State::Negotiating { call, out_of_band };
    }

    fn take_fault(&mut self, error: &ParseError) -> Incoming<'static> {
        // An agent sends the byte FF, which is not valid in JSON, to resynchronise. The rest of an interrupted message
        // before it may be malformed.
        if self.dialect == Dialect::Agent && error.is_lexical()
            || matches!(self.state, State::Synchronising(_))
        {
            return Incoming::Handled;
        }
        self.leave(&error.to_string())
    }

    /// The server violated the protocol, so its further messages cannot be matched to calls. Ends the connection.
    fn leave(&mut self, what: &str) -> Incoming<'static> {
        self.close(Gone::new(GoneReason::Protocol(what.to_owned())));
        Incoming::Handled
    }

    fn close(&mut self, reason: Gone) {
        if matches!(self.state, State::Ended(_)) {
            return;
        }
        self.log.ended(&reason);
        self.calls.end(&reason);
        self.end = Some(reason.clone());
        self.state = State::Ended(reason);
    }
}

/// Whether this is a message of a session: a reply or an event.
fn is_of_a_session(message: &Object<'_>) -> bool {
    ["return", "error", "event"].iter().any(|member| message.get(member).is_some())
}

/// Whether the server has no such command. After the negotiation, `qmp_capabilities` is none.
fn is_refusal_of_a_name(refusal: &Refusal) -> bool {
    refusal.class == ErrorClass::CommandNotFound
}
