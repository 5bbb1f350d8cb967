//! The protocol as a state machine: bytes in; replies, commands to run and events out.
//!
//! It does no I/O, reads no clock and never blocks, so it can be driven by any transport, and by a test as a plain
//! function:
//!
//! 1. [`receive`](Session::receive) what the client sent;
//! 2. [`step`](Session::step) until it is [`Idle`](Step::Idle); a [`Run`](Step::Run) is a command to be run, and
//!    [`finish`](Session::finish)ed when that is done;
//! 3. send what [`take_output`](Session::take_output) returns.
//!
//! Sources: the QMP specification; the order of checks and the words of the answers are QEMU's.

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

/// How many commands may wait behind the running one; with so many nothing more is read, out-of-band commands neither.
///
/// Source: "at most eight in-band commands in flight" in the QMP specification: one runs and seven wait.
const QUEUE: usize = 8;

/// One client's side of the protocol.
#[derive(Debug)]
pub struct Session {
    parser: Parser,
    /// The parser has no complete message.
    dry: bool,
    /// Input that came while the parser may have held complete messages.
    held: VecDeque<(Vec<u8>, Descriptors)>,
    /// Descriptors for the next message that the parser completes.
    descriptors: Descriptors,
    queue: VecDeque<Waiting>,
    /// About how much memory the queue takes, in bytes.
    queued: usize,
    closed: bool,
    state: State,
}

/// What waits in the in-band queue. Only out-of-band sessions have any: others read one command at a time.
#[derive(Debug)]
enum Waiting {
    Message {
        value: Value<'static>,
        id: Option<String>,
        descriptors: Descriptors,
        /// About how much the value takes, in bytes.
        memory: usize,
    },
    /// Malformed input waits for its turn, too.
    Fault(Error),
}

/// What [`Session::step`] did.
#[derive(Debug)]
pub enum Step<'s> {
    /// Nothing is left to do until there is more input, or a command is finished.
    Idle,
    /// It took something and dealt with it itself; there may be output.
    Answered,
    /// A command is to be run.
    Run(Runnable<'s>),
}

impl Session {
    /// A session that begins: the greeting is its first output.
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

    /// The same as the session that `origin` tells of: an [`Interceptor`](crate::interceptor::Interceptor) is told its number and
    /// peer. Without it the number is 0 and the peer unknown.
    #[must_use]
    pub fn with_origin(mut self, origin: Arc<Origin>) -> Session {
        self.state.origin = origin;
        self
    }

    /// Takes what the client sent; any part of a message, or several.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.receive_with(bytes, Vec::new());
    }

    /// The same with descriptors that came along. They belong to the command that is complete next, from here on.
    ///
    /// Those beyond the limit of the [settings](Settings::descriptors) are closed at once, and the command is refused.
    pub fn receive_with(&mut self, bytes: &[u8], files: Vec<File>) {
        if self.closed {
            return;
        }
        let arrived = self.admit(files);
        let is_dry = self.dry || mutant::is(Mutant::FilesGoToTheNextCommand);
        if self.held.is_empty() && is_dry {
            self.feed(bytes, arrived);
        } else {
            // The parser may hold complete commands that came before; the descriptors are not theirs, nor is the loss of
            // some that the driver may yet tell of.
            self.held.push_back((bytes.to_vec(), arrived));
        }
    }

    /// The kernel has dropped descriptors that came with what was received last (`MSG_CTRUNC`): the command that is
    /// complete next, from there on, is refused with a `GenericError`, and those of its descriptors that did arrive are
    /// closed.
    ///
    /// A driver calls it after [`receive_with`](Session::receive_with) for the same read, and before the next
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

    /// How many descriptors wait for their command to be complete, or to be run.
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

    /// Whether there is any use in reading more: without, the client is to wait.
    #[must_use]
    pub fn wants_input(&self) -> bool {
        !self.closed && self.has_room()
    }

    /// Does one thing: takes one message from the input, or one command from the queue.
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
            // There may be input behind descriptors; the next step takes it.
            return if self.held.is_empty() { Step::Idle } else { Step::Answered };
        };
        // An idle in-band side takes the command at once; there is no need to queue it.
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

    /// Without out-of-band one command is read at a time.
    fn has_room(&self) -> bool {
        let limit = QUEUE + usize::from(mutant::is(Mutant::QueueIsOneTooLong));
        if self.state.is_out_of_band() { self.queue.len() < limit } else { !self.state.is_running() }
    }

    /// How many commands wait in the queue.
    #[cfg(all(test, unix))]
    pub(crate) fn queue_len(&self) -> usize {
        self.queue.len()
    }

    /// Whether a step may still do something, as long as no command runs.
    pub(crate) fn has_work(&self) -> bool {
        !(self.closed || self.queue.is_empty() && self.held.is_empty() && self.dry)
    }

    /// How much memory its input takes, in bytes, as far as it can grow with what a client sends.
    pub(crate) fn memory(&self) -> usize {
        let held: usize = self.held.iter().map(|(bytes, _)| bytes.len()).sum();
        self.parser.memory() + held + self.queued + self.state.output.capacity()
    }

    /// Answers a command that [`step`](Session::step) handed out.
    pub fn finish(&mut self, ticket: Ticket, result: Result<Reply>) {
        self.state.finish(ticket, result);
    }

    /// Whether events of this name go to the client now: it has finished the negotiation, its access grants the event,
    /// and its dialect has events at all. For drivers that bring events to the client by a way of their own.
    #[must_use]
    pub fn hears(&self, event: &str) -> bool {
        self.state.hears(event)
    }

    /// Sends an event, if the client [hears](Session::hears) it.
    pub fn send(&mut self, event: &Record) {
        self.state.send(event);
    }

    /// Takes as many steps as there are and runs the commands here and now. Futures are handed back.
    ///
    /// For sessions in tests and for callers that need nothing else.
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

    /// The client has left, or closed its direction: what waits is dropped. A command that runs may still be finished.
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

    /// Takes the output away.
    #[must_use]
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.state.output)
    }

    /// The output, to be swapped for an empty buffer.
    pub(crate) fn output_mut(&mut self) -> &mut Vec<u8> {
        &mut self.state.output
    }

    /// Whether the negotiation is over, so that commands are accepted and events delivered.
    #[must_use]
    pub fn is_negotiated(&self) -> bool {
        self.state.is_negotiated()
    }

    /// Whether out-of-band execution was negotiated: from then on reading must not wait for a command that runs.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        self.state.is_out_of_band()
    }

    /// Whether an in-band command was handed out and is not finished.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state.is_running()
    }
}
