//! The state of a session other than its input: the negotiation, the running command, the output.

use super::command::{Found, find};
use super::descriptors::Descriptors;
use super::envelope::{self, Envelope, Fault};
use super::negotiation::Negotiation;
use super::watch::Watch;
use super::{Dialect, Runnable, Settings, Step, Ticket, protocol, reply};
use crate::dispatch::Reply;
use crate::event::Record;
use crate::interceptor::{Incoming, Label};
use crate::json::Value;
use crate::{CommandFlags, Error, Escaped, Origin, Result};
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct State {
    pub(super) settings: Arc<Settings>,
    pub(super) origin: Arc<Origin>,
    pub(super) output: Vec<u8>,
    negotiation: Negotiation,
    running: bool,
}

impl State {
    pub(super) fn new(settings: Arc<Settings>) -> State {
        let agent = settings.dialect == Dialect::Agent;
        let mut output = Vec::new();
        if !agent {
            reply::greeting(&mut output, &settings.version, settings.offers_oob, settings.pretty);
        }
        let negotiation = Negotiation { is_over: agent || settings.begins_negotiated, out_of_band: false };
        State { settings, origin: Arc::default(), output, negotiation, running: false }
    }

    pub(super) fn is_negotiated(&self) -> bool {
        self.negotiation.is_over
    }

    pub(super) fn is_out_of_band(&self) -> bool {
        self.negotiation.out_of_band
    }

    pub(super) fn is_running(&self) -> bool {
        self.running
    }

    /// Answers input that is malformed.
    pub(super) fn fault<'s>(&mut self, fault: Error) -> Step<'s> {
        let (watch, verdict) = self.watch(None, None);
        self.refuse(verdict.err().unwrap_or(fault), None, watch)
    }

    fn refuse<'s>(&mut self, error: Error, id: Option<&str>, watch: Watch) -> Step<'s> {
        self.answer(None, id, watch, Err(error));
        Step::Answered
    }

    /// Reports how a command ended to the client, the log and the interceptor.
    fn answer(
        &mut self,
        command: Option<&str>,
        id: Option<&str>,
        watch: Watch,
        result: Result<Option<Reply>>,
    ) {
        match &result {
            Err(error) => {
                log_failure(command, error);
                reply::error(&mut self.output, error, id, self.settings.pretty);
            }
            Ok(Some(returned)) => reply::success(&mut self.output, returned, id, self.settings.pretty),
            Ok(None) => {}
        }
        watch.end(&result);
    }

    /// Checks a message, and answers it or returns a command to run.
    pub(super) fn take<'s>(
        &mut self,
        value: Value<'s>,
        id: Option<String>,
        descriptors: Descriptors,
    ) -> Step<'s> {
        let (watch, verdict) = self.watch(Some(&value), id.as_deref());
        let admitted = verdict.and_then(|()| {
            let files = descriptors.into_files()?;
            let envelope = Envelope::open(value, self.is_out_of_band()).map_err(|Fault(error)| error)?;
            log_command(&envelope);
            Ok((find(&self.settings, self.is_negotiated(), &envelope)?, envelope, files))
        });
        match admitted {
            Err(error) => self.refuse(error, id.as_deref(), watch),
            Ok((Found::Served(served), envelope, _)) => {
                let arguments = envelope.arguments.unwrap_or(Value::Object(crate::json::Object::new()));
                let result = protocol::serve(served, &self.settings, &mut self.negotiation, &arguments);
                if served == protocol::Served::SyncDelimited && result.is_ok() {
                    // The client looks for this byte to find the start of the reply after stale data.
                    self.output.push(0xFF);
                }
                self.answer(None, id.as_deref(), watch, result.map(Some));
                Step::Answered
            }
            Ok((Found::Handled(index), envelope, files)) => {
                let spec = self.settings.tables.commands[index];
                tracing::debug!(command = spec.name, oob = envelope.out_of_band, "command");
                self.running |= !envelope.out_of_band;
                let ticket = Ticket::new(spec, id, envelope.out_of_band, watch);
                let rules = (self.settings.policy, self.settings.leniency);
                Step::Run(Runnable::new(index, ticket, envelope.arguments, files, rules))
            }
        }
    }

    /// Calls the interceptor, if there is one, for a message or malformed input.
    fn watch(&self, message: Option<&Value<'_>>, id: Option<&str>) -> (Watch, Result<()>) {
        let Some(hook) = &self.settings.hook else { return (Watch::default(), Ok(())) };
        let label = Label {
            origin: &self.origin,
            name: message.and_then(envelope::name),
            id,
            out_of_band: self.is_out_of_band() && message.is_some_and(envelope::is_out_of_band),
        };
        let arguments = message.filter(|_| hook.interceptor.wants_arguments());
        let arguments = arguments.and_then(|message| message.get("arguments"));
        Watch::begin(hook, &self.origin, &Incoming { label, arguments })
    }

    pub(super) fn finish(&mut self, ticket: Ticket, result: Result<Reply>) {
        if !ticket.is_out_of_band() {
            self.running = false;
        }
        let quiet = ticket.flags().contains(CommandFlags::NO_SUCCESS_RESPONSE);
        let result = result.map(|returned| (!quiet).then_some(returned));
        let (name, id, watch) = ticket.into_parts();
        self.answer(Some(name), id.as_deref(), watch, result);
    }

    /// Whether events of this name go to the client.
    pub(super) fn hears(&self, event: &str) -> bool {
        let settings = &*self.settings;
        self.is_negotiated() && settings.dialect == Dialect::Monitor && settings.hears(event)
    }

    pub(super) fn send(&mut self, event: &Record) {
        if self.hears(event.name()) {
            self.output.extend_from_slice(event.line(self.settings.pretty));
        }
    }
}

fn log_command(envelope: &Envelope<'_>) {
    tracing::trace!(
        command = %Escaped::new(&envelope.name),
        arguments = %Escaped::sentence(format_args!("{:?}", envelope.arguments)),
        "command received"
    );
}

/// Logs the text only at TRACE: it may quote an argument, which may be a secret.
fn log_failure(command: Option<&str>, error: &Error) {
    tracing::debug!(command, class = %Escaped::new(error.class()), "refused or failed");
    tracing::trace!(command, error = %Escaped::sentence(error), "refused or failed because");
}
