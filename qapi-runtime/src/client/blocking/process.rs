//! A process that the client starts.

use super::Client;
use crate::client::process::{Look, Spawned, Starting};
use crate::client::{ClientSchema, ConnectErrorKind, Options, ProcessError, ProcessErrorKind, common};
use std::error::Error;
use std::process::ExitStatus;
use std::time::Duration;
use std::{fmt, io, thread};

common::process!();

impl<S: ClientSchema> Process<S> {
    /// Starts a process, and connects to its monitor.
    ///
    /// # Errors
    ///
    /// The process cannot be started, or the client cannot connect to it. The process has ended then, or is killed.
    pub fn start(starting: Starting, options: &Options) -> Result<Process<S>, ProcessError> {
        let (socket, child) = starting.spawn()?;
        match Client::unix(socket, options) {
            Ok(client) => Ok(Process { client, child }),
            Err(error) => {
                if let ConnectErrorKind::Gone(_) = error.kind {
                    // The process has closed the connection, and is about to end.
                    let _ = end_of(&child, Look::after_hanging_up());
                }
                Err(child.error(ProcessErrorKind::Connect(error)))
            }
        }
    }

    /// Waits until the process has ended, for at most `limit`.
    ///
    /// # Errors
    ///
    /// It has not ended ([`ProcessErrorKind::Runs`]), and can be waited for again.
    pub fn wait(&self, limit: Duration) -> Result<ExitStatus, ProcessError> {
        let ended = end_of(&self.child, Look::new(limit));
        ended.map_err(|kind| self.child.error(kind))
    }

    /// Joins an error of the client with the state of the process: its exit status, if it has ended, and the last lines of
    /// its standard error. If the connection has ended, this waits some seconds for the end of the process.
    pub fn explain(&self, error: impl Into<Box<dyn Error + Send + Sync>>) -> ProcessError {
        let error = error.into();
        if self.client.is_closed() {
            let _ = end_of(&self.child, Look::after_hanging_up());
        }
        self.child.error(ProcessErrorKind::Client(error))
    }
}

fn end_of(child: &Spawned, mut look: Look) -> Result<ExitStatus, ProcessErrorKind> {
    loop {
        match look.now(child) {
            Ok(result) => return result,
            Err(pause) => thread::sleep(pause),
        }
    }
}
