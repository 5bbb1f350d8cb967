//! A process that the client starts.

use super::Client;
use crate::client::process::{Look, Spawned, Starting};
use crate::client::{
    ClientSchema, ConnectError, ConnectErrorKind, Options, ProcessError, ProcessErrorKind, common,
};
use std::error::Error;
use std::process::ExitStatus;
use std::time::Duration;
use std::{fmt, io};
use tokio::net::UnixStream;
use tokio::time::sleep;

common::process!();

impl<S: ClientSchema> Process<S> {
    /// Starts a process, and connects to its monitor. Dropping the future kills the process.
    ///
    /// # Errors
    ///
    /// The process cannot be started, or the client cannot connect to it. The process has ended then, or is killed.
    pub async fn start(starting: Starting, options: &Options) -> Result<Process<S>, ProcessError> {
        let (socket, child) = starting.spawn()?;
        match connect(socket, options).await {
            Ok(client) => Ok(Process { client, child }),
            Err(error) => {
                if let ConnectErrorKind::Gone(_) = error.kind {
                    // The process has closed the connection, and is about to end.
                    let _ = end_of(&child, Look::after_hanging_up()).await;
                }
                Err(child.error(ProcessErrorKind::Connect(error)))
            }
        }
    }

    /// Waits until the process has ended, for at most `limit`. Cancel safe.
    ///
    /// # Errors
    ///
    /// It has not ended ([`ProcessErrorKind::Runs`]), and can be waited for again.
    pub async fn wait(&self, limit: Duration) -> Result<ExitStatus, ProcessError> {
        let ended = end_of(&self.child, Look::new(limit)).await;
        ended.map_err(|kind| self.child.error(kind))
    }

    /// Joins an error of the client with the state of the process: its exit status, if it has ended, and the last lines of
    /// its standard error. If the connection has ended, this waits some seconds for the end of the process.
    pub async fn explain(&self, error: impl Into<Box<dyn Error + Send + Sync>>) -> ProcessError {
        let error = error.into();
        if self.client.is_closed() {
            let _ = end_of(&self.child, Look::after_hanging_up()).await;
        }
        self.child.error(ProcessErrorKind::Client(error))
    }
}

async fn connect<S: ClientSchema>(
    socket: std::os::unix::net::UnixStream,
    options: &Options,
) -> Result<Client<S>, ConnectError> {
    socket.set_nonblocking(true)?;
    Client::unix(UnixStream::from_std(socket)?, options).await
}

async fn end_of(child: &Spawned, mut look: Look) -> Result<ExitStatus, ProcessErrorKind> {
    loop {
        match look.now(child) {
            Ok(result) => return result,
            Err(pause) => sleep(pause).await,
        }
    }
}
