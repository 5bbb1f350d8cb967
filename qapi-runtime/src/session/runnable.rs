//! A command to be run.

use super::guard;
use super::watch::Watch;
use crate::codec::{Input, Leniency, Mode, Policy};
use crate::context::{Abandonable, File};
use crate::json::Value;
use crate::{Call, CommandFlags, CommandSpec, Context, Dispatch, Origin, Outcome};
use std::sync::Arc;

/// A command that [`Session::step`](super::Session::step) returns to be run.
#[derive(Debug)]
pub struct Runnable<'s> {
    index: usize,
    ticket: Ticket,
    arguments: Option<Value<'s>>,
    files: Vec<File>,
    rules: Rules,
    abandonable: Abandonable,
}

/// How the arguments are decoded and the return value is encoded.
type Rules = (Policy, Leniency);

/// What a session needs to answer a command.
///
/// Dropping a ticket or a [`Runnable`] without [finishing](super::Session::finish) it tells the
/// [`Interceptor`](crate::interceptor::Interceptor) that the command was abandoned.
#[derive(Debug)]
pub struct Ticket {
    spec: CommandSpec,
    id: Option<String>,
    out_of_band: bool,
    watch: Watch,
}

impl<'s> Runnable<'s> {
    pub(super) fn new(
        index: usize,
        ticket: Ticket,
        arguments: Option<Value<'s>>,
        files: Vec<File>,
        rules: Rules,
    ) -> Runnable<'s> {
        // Only async handlers have a future that can be dropped.
        let is_async = ticket.flags().contains(CommandFlags::COROUTINE);
        let abandonable = if is_async { Abandonable::new() } else { Abandonable::default() };
        Runnable { index, ticket, arguments, files, rules, abandonable }
    }

    /// The command's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.ticket.name()
    }

    /// Whether the command runs out-of-band.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        self.ticket.out_of_band
    }

    /// Whether the command table marks the handler as async.
    #[must_use]
    pub fn is_async(&self) -> bool {
        self.ticket.flags().contains(CommandFlags::COROUTINE)
    }

    /// Whether the command table marks the handler as blocking.
    #[must_use]
    pub fn is_blocking(&self) -> bool {
        self.ticket.flags().contains(CommandFlags::BLOCKING)
    }

    /// Discards the command without running it. It must still be [answered](super::Session::finish).
    #[must_use]
    pub fn into_ticket(self) -> Ticket {
        self.ticket
    }

    /// The flag with which the running handler allows its future to be dropped when the client has left.
    pub(crate) fn abandonable(&self) -> Abandonable {
        self.abandonable.clone()
    }

    /// Clones borrowed data, so that another thread can run the command.
    #[must_use]
    pub fn into_owned(self) -> Runnable<'static> {
        let Runnable { index, ticket, arguments, files, rules, abandonable } = self;
        Runnable { index, ticket, arguments: arguments.map(Value::into_owned), files, rules, abandonable }
    }

    /// Runs the command. A panic of the handler, or later of its future, becomes an error.
    ///
    /// In a program built with `panic = "abort"`, a panic cannot be caught and ends the process.
    pub fn run(self, dispatch: &dyn Dispatch, origin: &Arc<Origin>) -> (Ticket, Outcome) {
        let Runnable { index, ticket, arguments, files, rules, abandonable } = self;
        let context = Context::new(origin)
            .with_files(files)
            .out_of_band(ticket.out_of_band)
            .with_abandonable(abandonable);
        let outcome = guard::run(ticket.name(), || {
            let (policy, leniency) = rules;
            let input = match &arguments {
                Some(arguments) => Input::new(arguments, Mode::Strict),
                None => Input::empty(Mode::Strict),
            };
            dispatch.call(index, Call::new(&context, input.with_policy(policy).with_leniency(leniency)))
        });
        (ticket, outcome)
    }
}

impl Ticket {
    pub(super) fn new(spec: CommandSpec, id: Option<String>, out_of_band: bool, watch: Watch) -> Ticket {
        Ticket { spec, id, out_of_band, watch }
    }

    /// The command's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.spec.name
    }

    /// Whether the command was run out-of-band.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        self.out_of_band
    }

    pub(super) fn flags(&self) -> CommandFlags {
        self.spec.flags
    }

    /// The command's name, the client's `id` as JSON text, and the pending call of the interceptor.
    pub(super) fn into_parts(self) -> (&'static str, Option<String>, Watch) {
        let Ticket { spec, id, out_of_band: _, watch } = self;
        (spec.name, id, watch)
    }
}
