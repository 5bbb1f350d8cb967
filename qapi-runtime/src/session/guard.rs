//! Catches panics of handlers: the command fails, and nothing else is affected.
//!
//! With `panic = "abort"` in the program's profile, panics cannot be caught and end the process. The text of a panic
//! also goes to the panic hook, which by default prints it on standard error; the program can replace the hook.

use crate::dispatch::{PendingReply, Reply};
use crate::{Error, Escaped, Outcome, Result};
use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Runs a handler, and guards the future of an async one.
///
/// `AssertUnwindSafe`: the handler is responsible for its own state after a panic, as with a lock without poisoning.
/// The session's state is not touched while a handler runs.
pub(super) fn run(command: &'static str, call: impl FnOnce() -> Outcome) -> Outcome {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Outcome::Ready(result)) => Outcome::Ready(result),
        Ok(Outcome::Pending(future)) => Outcome::Pending(Box::pin(Guarded { command, future })),
        Err(panic) => Outcome::Ready(Err(failed(command, &*panic))),
    }
}

struct Guarded {
    command: &'static str,
    future: PendingReply,
}

impl Future for Guarded {
    type Output = Result<Reply>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Reply>> {
        let command = self.command;
        // After a panic the future is never polled again, because the error is its result.
        match catch_unwind(AssertUnwindSafe(|| self.future.as_mut().poll(cx))) {
            Ok(poll) => poll,
            Err(panic) => Poll::Ready(Err(failed(command, &*panic))),
        }
    }
}

#[cold]
fn failed(command: &'static str, panic: &(dyn Any + Send)) -> Error {
    tracing::error!(command, "handler panicked");
    // Logged at TRACE only and escaped: the text may quote an argument, which may be a secret or contain line breaks.
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    tracing::trace!(command, text = %Escaped::sentence(text), "handler panicked because");
    Error::generic(format_args!("The command {command} failed: its handler panicked"))
}
