//! A wait without I/O: events and replies in, questions, reports and the outcome out.

use super::{OperationErrorKind, sealed};
use crate::client::{CommandError, Gone, RawEvent, Request};
use crate::{Any, Result as EncodeResult};
use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::time::Duration;

/// The wait of an operation. The clients drive it.
pub trait Steps: sealed::Steps {
    /// A state on the way.
    type Progress: Clone + Debug + Display + Send + 'static;
    /// What the operation returns at its end.
    type Outcome: Clone + Debug + Send + 'static;

    /// Whether the questions are the operation itself. If so, none is asked after the limit.
    #[doc(hidden)]
    const WORKS: bool = false;

    /// When to look again although no event has come. Called once for each pause.
    #[doc(hidden)]
    fn pause(&mut self) -> Option<Duration> {
        None
    }

    /// What to send when the caller gives the operation up, without waiting for the reply.
    #[doc(hidden)]
    fn farewell(&self) -> Option<Question> {
        None
    }

    /// What is waited for, for the error.
    #[doc(hidden)]
    fn what(&self) -> String;

    /// The commands without which it could not end, or could not be undone. A client that is limited to less does not begin.
    #[doc(hidden)]
    fn needs(&self) -> Vec<&str>;

    /// A state that was not reported yet.
    #[doc(hidden)]
    fn report(&mut self) -> Option<Self::Progress>;

    /// The wait ends before the operation: what is still to do becomes the state that is reported.
    #[doc(hidden)]
    fn interrupted(&mut self) {}

    /// How the operation has ended, if it has.
    #[doc(hidden)]
    fn outcome(&self) -> Option<Result<Self::Outcome, Failure>>;

    /// What to ask the server, if the known state is old, or what to have it do. A question without a reply in time is
    /// asked again, if the caller extends the limit.
    #[doc(hidden)]
    fn question(&mut self) -> Option<Question>;

    /// Takes the reply to the last question.
    #[doc(hidden)]
    fn reply(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind>;

    /// Takes an event. Those that came before a reply are passed before it.
    #[doc(hidden)]
    fn event(&mut self, event: &RawEvent<'_>);

    /// Events were dropped or the pause is over: only the server knows the state.
    #[doc(hidden)]
    fn look_again(&mut self);

    /// The limit has passed. What is asked now has to be answered soon.
    #[doc(hidden)]
    fn late(&mut self) {
        self.look_again();
    }

    /// Takes the reply to the command that starts the operation.
    #[doc(hidden)]
    fn started(&mut self, reply: Result<Any, CommandError>) -> Result<(), CommandError> {
        reply.map(drop)
    }

    /// Takes the end of the connection, and returns whether it is the end of the operation, too.
    #[doc(hidden)]
    fn ended(&mut self, _reason: &Gone) -> bool {
        false
    }
}

/// A command on the way.
#[derive(Debug)]
#[doc(hidden)]
pub struct Question {
    pub(in crate::client) command: Cow<'static, str>,
    pub(in crate::client) request: EncodeResult<Request>,
    /// It asks for the state or tidies up, for which there is time after the limit.
    pub(in crate::client) has_grace: bool,
}

impl Question {
    /// A command that asks for the state, or tidies up. It may be sent again when its reply was not seen.
    pub(in crate::client) fn new(command: impl Into<Cow<'static, str>>, arguments: &Any) -> Question {
        let command = command.into();
        Question { request: Request::raw(&*command, arguments), command, has_grace: true }
    }

    /// A command that goes on with the operation, and is not sent again.
    pub(super) fn change(command: String, request: EncodeResult<Request>) -> Question {
        Question { command: command.into(), request, has_grace: false }
    }
}

/// How an operation failed, as the server tells it.
#[derive(Clone, Debug, PartialEq)]
#[doc(hidden)]
pub enum Failure {
    /// By an error of this text.
    Failed(String),
    /// By the guest, with this status if it told one.
    Refused(Option<i64>),
    /// By its limit.
    Late,
}

impl Failure {
    pub(super) fn kind(self, limit: Duration) -> OperationErrorKind {
        match self {
            Failure::Failed(text) => OperationErrorKind::Failed(text),
            Failure::Refused(status) => OperationErrorKind::Refused(status),
            Failure::Late => OperationErrorKind::Timeout(limit),
        }
    }
}

/// An operation that is about to begin.
#[derive(Debug)]
#[doc(hidden)]
pub struct Began<W> {
    pub(in crate::client) steps: W,
    /// The command that starts it. `None` waits for an operation that was started before.
    pub(in crate::client) command: Option<(String, EncodeResult<Request>)>,
}
