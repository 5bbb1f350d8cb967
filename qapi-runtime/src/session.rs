//! The protocol as a state machine: bytes in; replies, commands to run and events out.
//!
//! It does no I/O, reads no clock and never blocks, so any transport can drive it, and a test can call it like a plain
//! function:
//!
//! 1. Pass what the client sent to [`receive`](Session::receive);
//! 2. call [`step`](Session::step) until it returns [`Idle`](Step::Idle). Run the command of each [`Run`](Step::Run)
//!    and pass its result to [`finish`](Session::finish);
//! 3. send what [`take_output`](Session::take_output) returns.
//!
//! Sources: the QMP specification. The order of checks and the texts of errors are QEMU's.

mod command;
mod descriptors;
mod envelope;
mod first_byte;
mod guard;
mod negotiation;
mod protocol;
mod reply;
mod runnable;
mod settings;
mod state;
mod view;
mod watch;

pub use crate::dialect::Dialect;
pub(crate) use first_byte::may_be_qmp;
pub use runnable::{Runnable, Ticket};
pub use settings::Settings;

use crate::context::File;
use crate::dispatch::Reply;
use crate::event::Record;
use crate::json::{Item, Parser, Value};
use crate::mutant::{self, Mutant};
use crate::{Dispatch, Error, Origin, Outcome, Result};
use descriptors::Descriptors;
use state::State;
use std::collections::VecDeque;
use std::sync::Arc;

/// How many in-band commands may wait behind the running one. At this limit nothing more is read, not even out-of-band
/// commands.
///
/// Source: the QMP specification lets a client have eight in-band commands in flight, one that runs and seven that wait, and
/// still send one out-of-band. A ninth waits, too, and stops the reading, as recordings of QEMU show.
const QUEUE: usize = 8;

/// The server's side of the protocol, for one client.
#[derive(Debug)]
pub struct Session {
    parser: Parser,
    /// The parser holds no complete message.
    dry: bool,
    /// Input that arrived while the parser may have held complete messages, so that descriptors stay with their
    /// command.
    held: VecDeque<(Vec<u8>, Descriptors)>,
    /// Descriptors for the next message that the parser completes.
    descriptors: Descriptors,
    queue: VecDeque<Waiting>,
    /// About how much memory the queue takes, in bytes.
    queued: usize,
    closed: bool,
    state: State,
}

/// An entry of the in-band queue. Only sessions with out-of-band execution use it: others read one command at a time.
#[derive(Debug)]
enum Waiting {
    Message {
        value: Value<'static>,
        id: Option<String>,
        descriptors: Descriptors,
        /// About how much the value takes, in bytes.
        memory: usize,
    },
    /// Malformed input, whose error is sent in its turn.
    Fault(Error),
}

/// The result of [`Session::step`].
#[derive(Debug)]
pub enum Step<'s> {
    /// Nothing to do until more input arrives or a command is finished.
    Idle,
    /// The session handled something itself. There may be output.
    Answered,
    /// Run this command.
    Run(Runnable<'s>),
}

impl Session {
    /// Begins a session. Its first output is the greeting.
    #[must_use]
    pub fn new(settings: Arc<Settings>) -> Session {
        Session {
            parser: Parser::with_limits(settings.limits),
            dry: true,
            held: VecDeque::new(),
            descriptors: Descriptors::default(),
            queue: VecDeque::new(),
            queued: 0,
            closed: false,
            state: State::new(settings),
        }
    }

    /// Sets the session's number and peer, which an [`Interceptor`](crate::interceptor::Interceptor) sees. Without it
    /// the number is 0 and the peer unknown.
    #[must_use]
    pub fn with_origin(mut self, origin: Arc<Origin>) -> Session {
        self.state.origin = origin;
        self
    }

    /// Feeds bytes from the client: any part of a message, or several.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.receive_with(bytes, Vec::new());
    }

    /// Feeds bytes with descriptors that were sent along. They belong to the next command that is completed from here
    /// on.
    ///
    /// Descriptors beyond the limit of the [settings](Settings::descriptors) are closed at once, and the command is
    /// refused.
    pub fn receive_with(&mut self, bytes: &[u8], files: Vec<File>) {
        if self.closed {
            return;
        }
        let arrived = self.admit(files);
        let is_dry = self.dry || mutant::is(Mutant::FilesGoToTheNextCommand);
        if self.held.is_empty() && is_dry {
            self.feed(bytes, arrived);
        } else {
            // The parser may hold earlier complete commands. These descriptors do not belong to them, nor does a loss
            // that the driver may report next.
            self.held.push_back((bytes.to_vec(), arrived));
        }
    }

    /// Reports that the kernel has dropped descriptors of the bytes received last (`MSG_CTRUNC`). The next command that
    /// is completed from there on is refused with a `GenericError`, and its descriptors that did arrive are closed.
    ///
    /// Call this after [`receive_with`](Session::receive_with) for the same read, and before the next
    /// [`step`](Session::step).
    pub fn files_lost(&mut self) {
        if !self.closed {
            self.held.back_mut().map_or(&mut self.descriptors, |(_, arrived)| arrived).lose();
        }
    }

    fn admit(&self, files: Vec<File>) -> Descriptors {
        if files.is_empty() {
            return Descriptors::default();
        }
        Descriptors::admit(files, self.descriptors_waiting(), self.state.settings.descriptors)
    }

    /// How many descriptors wait for their command to be completed or run.
    pub(crate) fn descriptors_waiting(&self) -> usize {
        let queued = self.queue.iter().map(|waiting| match waiting {
            Waiting::Message { descriptors, .. } => descriptors.len(),
            Waiting::Fault(_) => 0,
        });
        let held = self.held.iter().map(|(_, arrived)| arrived.len());
        self.descriptors.len() + queued.chain(held).sum::<usize>()
    }

    fn feed(&mut self, bytes: &[u8], arrived: Descriptors) {
        self.descriptors.add(arrived);
        self.parser.feed(bytes);
        self.dry = false;
    }

    /// Whether to read more input. When false, the client has to wait.
    #[must_use]
    pub fn wants_input(&self) -> bool {
        !self.closed && self.has_room()
    }

    /// Takes one message from the input, or one command from the queue.
    pub fn step(&mut self) -> Step<'_> {
        if self.closed {
            return Step::Idle;
        }
        let next = if self.state.is_running() { None } else { self.queue.pop_front() };
        if let Some(waiting) = next {
            return match waiting {
                Waiting::Fault(error) => self.state.fault(error),
                Waiting::Message { value, id, descriptors, memory } => {
                    self.queued -= memory;
                    self.state.take(value, id, descriptors)
                }
            };
        }
        if self.has_room() { self.read() } else { Step::Idle }
    }

    /// Reads one message.
    fn read(&mut self) -> Step<'_> {
        if self.dry {
            let Some((bytes, arrived)) = self.held.pop_front() else { return Step::Idle };
            self.feed(&bytes, arrived);
        }
        let Some(item) = self.parser.next() else {
            self.dry = true;
            // Input with descriptors may be held back; the next step feeds it.
            return if self.held.is_empty() { Step::Idle } else { Step::Answered };
        };
        // Without a running or queued command, this one is taken at once.
        let waits = self.state.is_running() || !self.queue.is_empty();
        match item {
            Item::Error(error) => {
                self.descriptors.drop_files();
                if waits {
                    self.queue.push_back(Waiting::Fault(error.into()));
                    Step::Answered
                } else {
                    self.state.fault(error.into())
                }
            }
            Item::Message(message) => {
                let descriptors = std::mem::take(&mut self.descriptors);
                let id = message.raw_member("id");
                let value = message.into_value();
                if waits && !envelope::is_out_of_band(&value) {
                    let memory = value.memory();
                    self.queued += memory;
                    self.queue.push_back(Waiting::Message {
                        value: value.into_owned(),
                        id,
                        descriptors,
                        memory,
                    });
                    Step::Answered
                } else {
                    self.state.take(value, id, descriptors)
                }
            }
        }
    }

    /// Without out-of-band execution, one command is read at a time.
    fn has_room(&self) -> bool {
        let limit = QUEUE + usize::from(mutant::is(Mutant::QueueIsOneTooLong));
        if self.state.is_out_of_band() { self.queue.len() < limit } else { !self.state.is_running() }
    }

    /// How many commands wait in the queue.
    #[cfg(all(test, unix))]
    pub(crate) fn queue_len(&self) -> usize {
        self.queue.len()
    }

    /// Whether a step may have something to do, once no command runs.
    pub(crate) fn has_work(&self) -> bool {
        !(self.closed || self.queue.is_empty() && self.held.is_empty() && self.dry)
    }

    /// How many bytes the session's buffers take that grow with what a client sends.
    pub(crate) fn memory(&self) -> usize {
        let held: usize = self.held.iter().map(|(bytes, _)| bytes.len()).sum();
        self.parser.memory() + held + self.queued + self.state.output.capacity()
    }

    /// Answers a command that [`step`](Session::step) returned.
    pub fn finish(&mut self, ticket: Ticket, result: Result<Reply>) {
        self.state.finish(ticket, result);
    }

    /// Whether events of this name go to the client now: the negotiation is over, its access grants the event, and its
    /// dialect has events. For drivers that deliver events themselves.
    #[must_use]
    pub fn hears(&self, event: &str) -> bool {
        self.state.hears(event)
    }

    /// Sends an event, if it [goes to](Session::hears) the client.
    pub fn send(&mut self, event: &Record) {
        self.state.send(event);
    }

    /// Takes all steps and runs the commands on this thread. Returns the futures of async handlers.
    ///
    /// For tests and simple drivers.
    pub fn run(
        &mut self,
        dispatch: &dyn Dispatch,
        origin: &Arc<Origin>,
    ) -> Vec<(Ticket, crate::dispatch::PendingReply)> {
        let mut pending = Vec::new();
        loop {
            match self.step() {
                Step::Idle => return pending,
                Step::Answered => {}
                Step::Run(request) => match request.run(dispatch, origin) {
                    (ticket, Outcome::Ready(result)) => self.finish(ticket, result),
                    (ticket, Outcome::Pending(future)) => pending.push((ticket, future)),
                },
            }
        }
    }

    /// Closes the session for input, because the client has left: queued commands are dropped. A running command may
    /// still be finished.
    pub fn close(&mut self) {
        self.closed = true;
        self.parser = Parser::with_limits(self.state.settings.limits);
        self.queued = 0;
        self.queue.clear();
        self.held.clear();
        self.descriptors = Descriptors::default();
    }

    /// The output so far.
    #[must_use]
    pub fn output(&self) -> &[u8] {
        &self.state.output
    }

    /// Takes the output.
    #[must_use]
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.state.output)
    }

    /// The output buffer, for the caller to empty.
    pub(crate) fn output_mut(&mut self) -> &mut Vec<u8> {
        &mut self.state.output
    }

    /// Whether the negotiation is over, in which case commands are accepted and events delivered.
    #[must_use]
    pub fn is_negotiated(&self) -> bool {
        self.state.is_negotiated()
    }

    /// Whether out-of-band execution was negotiated. If so, reading must not wait for a running command.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        self.state.is_out_of_band()
    }

    /// Whether an in-band command was returned by [`step`](Session::step) and is not finished.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state.is_running()
    }
}
