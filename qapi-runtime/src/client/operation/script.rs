//! Plays a server to the steps of an operation.

use super::steps::{Question, Steps};
use super::{OperationError, OperationErrorKind};
use crate::client::{CommandError, CommandErrorKind, RawEvent, Refusal, Timestamp};
use crate::json::Value;
use crate::{Any, ErrorClass};
use std::time::Duration;

/// The steps of an operation, and a server that the test plays.
pub(in crate::client) struct Script<W>(pub(in crate::client) W);

impl<W: Steps> Script<W> {
    pub(in crate::client) fn event(&mut self, name: &str, data: Any) {
        let data = Value::from(data);
        self.0.event(&RawEvent { name: name.into(), data, timestamp: Timestamp::default() });
    }

    /// Expects a question of this command, and returns its arguments.
    #[track_caller]
    pub(in crate::client) fn asked(&mut self, command: &str) -> Any {
        let question = self.0.question().expect("it asks");
        assert_eq!(question.command, command);
        question.arguments()
    }

    /// Expects a question of this command, and replies.
    #[track_caller]
    pub(in crate::client) fn answer(&mut self, command: &str, reply: Any) {
        self.asked(command);
        self.0.reply(Ok(reply)).expect("it takes the reply");
    }

    /// Expects a question of this command, and refuses it.
    #[track_caller]
    pub(in crate::client) fn refuse(&mut self, command: &str) -> Result<(), OperationErrorKind> {
        self.asked(command);
        self.0.reply(Err(refusal(command)))
    }

    /// Expects no question and no end.
    #[track_caller]
    pub(in crate::client) fn waits(&mut self) {
        assert!(self.0.question().is_none());
        assert!(self.0.outcome().is_none());
    }

    /// Expects that it has failed, and returns the server's text.
    #[track_caller]
    pub(in crate::client) fn failed(&mut self) -> String {
        match self.0.outcome() {
            Some(Err(failure)) => {
                let kind = failure.kind(Duration::ZERO);
                OperationError::new(self.0.what(), None, None, kind).to_string()
            }
            other => panic!("{other:?}"),
        }
    }

    /// Expects that it has succeeded.
    #[track_caller]
    pub(in crate::client) fn done(&mut self) -> W::Outcome {
        self.0.outcome().expect("it has ended").expect("it has succeeded")
    }
}

impl Question {
    /// Its arguments, or null when there are none.
    pub(in crate::client) fn arguments(&self) -> Any {
        let request = self.request.as_ref().expect("its arguments can be sent");
        serde_json::from_slice(&request.arguments).unwrap_or_default()
    }
}

pub(in crate::client) fn refusal(command: &str) -> CommandError {
    let refusal = Refusal { class: ErrorClass::GenericError, desc: "no".into() };
    CommandError::new(command, None, CommandErrorKind::Refused(refusal))
}
