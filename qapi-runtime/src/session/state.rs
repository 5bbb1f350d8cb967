//! What a session knows beside its input: how far the negotiation is, what runs, what is to be said.

use super::command::{Found, find};
use super::descriptors::Descriptors;
use super::envelope::{Envelope, Fault};
use super::{Dialect, Request, Settings, Step, Ticket, protocol, reply};
use crate::dispatch::Reply;
use crate::event::Record;
use crate::json::Value;
use crate::{CommandFlags, Error, Escaped, Result};
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct State {
    pub(super) settings: Arc<Settings>,
    pub(super) output: Vec<u8>,
    pub(super) negotiated: bool,
    pub(super) out_of_band: bool,
    running: bool,
}

impl State {
    pub(super) fn new(settings: Arc<Settings>) -> State {
        let agent = settings.dialect == Dialect::Agent;
        let mut output = Vec::new();
        if !agent {
            reply::greeting(&mut output, &settings.version, settings.offers_oob, settings.pretty);
        }
        let negotiated = agent || settings.begins_negotiated;
        State { settings, output, negotiated, out_of_band: false, running: false }
    }

    pub(super) fn is_negotiated(&self) -> bool {
        self.negotiated
    }

    pub(super) fn is_out_of_band(&self) -> bool {
        self.out_of_band
    }

    pub(super) fn is_running(&self) -> bool {
        self.running
    }

    /// Answers with an error.
    pub(super) fn refuse<'s>(&mut self, error: &Error, id: Option<&str>) -> Step<'s> {
        log_failure(None, error);
        reply::error(&mut self.output, error, id, self.settings.pretty);
        Step::Answered
    }

    /// Takes a message: checks it, and answers it or makes it a request.
    pub(super) fn take<'s>(
        &mut self,
        value: Value<'s>,
        id: Option<String>,
        descriptors: Descriptors,
    ) -> Step<'s> {
        let files = match descriptors.into_files() {
            Ok(files) => files,
            Err(error) => return self.refuse(&error, id.as_deref()),
        };
        let envelope = match Envelope::open(value, self.out_of_band) {
            Ok(envelope) => envelope,
            Err(Fault(error)) => return self.refuse(&error, id.as_deref()),
        };
        tracing::trace!(
            command = %Escaped::new(&envelope.name),
            arguments = %Escaped::sentence(format_args!("{:?}", envelope.arguments)),
            "command received"
        );
        match find(self, &envelope) {
            Err(error) => self.refuse(&error, id.as_deref()),
            Ok(Found::Served(served)) => {
                let arguments = envelope.arguments.unwrap_or(Value::Object(crate::json::Object::new()));
                match protocol::serve(served, self, &arguments) {
                    Ok(returned) => {
                        if served == protocol::Served::SyncDelimited {
                            // What the client uses to find the start of this answer in a stream with rubbish.
                            self.output.push(0xFF);
                        }
                        reply::success(&mut self.output, &returned, id.as_deref(), self.settings.pretty);
                        Step::Answered
                    }
                    Err(error) => self.refuse(&error, id.as_deref()),
                }
            }
            Ok(Found::Handled(index)) => {
                let spec = self.settings.tables.commands[index];
                tracing::debug!(command = spec.name, oob = envelope.out_of_band, "command");
                self.running |= !envelope.out_of_band;
                let ticket = Ticket::new(spec, id, envelope.out_of_band);
                let options = (self.settings.decode_options(), self.settings.policy.encode_options());
                Step::Run(Request::new(index, ticket, envelope.arguments, files, options))
            }
        }
    }

    pub(super) fn finish(&mut self, ticket: &Ticket, result: Result<Reply>) {
        if !ticket.is_out_of_band() {
            self.running = false;
        }
        match result {
            Err(error) => {
                log_failure(Some(ticket.name()), &error);
                reply::error(&mut self.output, &error, ticket.id(), self.settings.pretty);
            }
            Ok(_) if ticket.flags().contains(CommandFlags::NO_SUCCESS_RESPONSE) => {}
            Ok(returned) => reply::success(&mut self.output, &returned, ticket.id(), self.settings.pretty),
        }
    }

    /// Whether events of this name go to the client.
    pub(super) fn hears(&self, event: &str) -> bool {
        let settings = &*self.settings;
        self.negotiated && settings.dialect == Dialect::Monitor && settings.view.hears(settings.tables, event)
    }

    pub(super) fn send(&mut self, event: &Record) {
        if self.hears(event.name()) {
            self.output.extend_from_slice(event.line(self.settings.pretty));
        }
    }
}

/// The text of an error may quote an argument, which may be a secret.
fn log_failure(command: Option<&str>, error: &Error) {
    tracing::debug!(command, class = %Escaped::new(error.class()), "refused or failed");
    tracing::trace!(command, error = %Escaped::sentence(error), "refused or failed because");
}
