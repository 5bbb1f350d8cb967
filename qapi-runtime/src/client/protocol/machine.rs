//! What a message means, by the state of the connection.

use super::calls::Calls;
use super::log::Log;
use super::opening::Opening;
use super::{CallId, Failure, Incoming, reply};
use crate::ErrorClass;
use crate::client::{Gone, GoneReason, Greeting, RawEvent, Refusal};
use crate::dialect::Dialect;
use crate::json::{Item, Object, ParseError, Parser, Value};

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) dialect: Dialect,
    pub(super) wants_out_of_band: bool,
    pub(super) log: Log,
    pub(super) state: State,
    pub(super) opening: Opening,
    pub(super) greeting: Greeting,
    pub(super) calls: Calls,
    /// The end, until [`Core::next`] has returned it.
    pub(super) end: Option<Gone>,
}

#[derive(Debug)]
pub(super) enum State {
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

impl Machine {
    pub(super) fn is_opening(&self) -> bool {
        !matches!(self.state, State::Ready | State::Ended(_))
    }

    /// Takes all items of the first line. A tail has any, so the line is judged as a whole.
    pub(super) fn read_first_line(&mut self, parser: &mut Parser) {
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

    pub(super) fn take<'a>(&mut self, mut message: Object<'a>) -> Incoming<'a> {
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

    pub(super) fn take_fault(&mut self, error: &ParseError) -> Incoming<'static> {
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
    pub(super) fn leave(&mut self, what: &str) -> Incoming<'static> {
        self.close(Gone::new(GoneReason::Protocol(what.to_owned())));
        Incoming::Handled
    }

    pub(super) fn close(&mut self, reason: Gone) {
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
