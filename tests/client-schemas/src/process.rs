//! Processes of both clients behind one interface.

use crate::driver::{Driver, Kind, runtime};
use qapi_runtime::client::process::Starting;
use qapi_runtime::client::{ClientSchema, Options, ProcessError, asynchronous, blocking};
use std::error::Error;
use std::process::ExitStatus;
use std::time::Duration;

/// A process of either client, with blocking methods.
#[derive(Debug)]
pub enum Process<S> {
    /// Of the one on standard threads.
    Blocking(blocking::Process<S>),
    /// Of the one on tokio.
    Tokio(asynchronous::Process<S>),
}

impl<S: ClientSchema> Process<S> {
    /// Starts a process.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn start(kind: Kind, starting: Starting) -> Result<Process<S>, ProcessError> {
        let options = Options::new();
        match kind {
            Kind::Blocking => blocking::Process::start(starting, &options).map(Process::Blocking),
            Kind::Tokio => {
                runtime().block_on(asynchronous::Process::start(starting, &options)).map(Process::Tokio)
            }
        }
    }

    /// Its client.
    #[must_use]
    pub fn client(&self) -> Driver<S> {
        match self {
            Process::Blocking(process) => Driver::Blocking(process.client().clone()),
            Process::Tokio(process) => Driver::Tokio(process.client().clone()),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> u32 {
        match self {
            Process::Blocking(process) => process.id(),
            Process::Tokio(process) => process.id(),
        }
    }

    /// Kills it.
    ///
    /// # Panics
    ///
    /// Panics if the kernel does not permit it.
    pub fn kill(&self) {
        let result = match self {
            Process::Blocking(process) => process.kill(),
            Process::Tokio(process) => process.kill(),
        };
        result.expect("it is a child");
    }

    /// Waits for its end.
    ///
    /// # Errors
    ///
    /// Fails as the client's own method does.
    pub fn wait(&self, limit: Duration) -> Result<ExitStatus, ProcessError> {
        match self {
            Process::Blocking(process) => process.wait(limit),
            Process::Tokio(process) => runtime().block_on(process.wait(limit)),
        }
    }

    /// Explains an error.
    pub fn explain(&self, error: impl Error + Send + Sync + 'static) -> ProcessError {
        match self {
            Process::Blocking(process) => process.explain(error),
            Process::Tokio(process) => runtime().block_on(process.explain(error)),
        }
    }
}
