//! Why a process that a client has started is of no use.

use super::ConnectError;
use std::process::ExitStatus;
use std::time::Duration;
use std::{error, fmt, io};

/// What went wrong with a process, and how the process has ended if it has.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProcessError {
    /// The program.
    pub program: String,
    /// How the process has ended; `None` if it runs, or was not started.
    pub ended: Option<ExitStatus>,
    /// The last lines that it wrote to its standard error.
    pub stderr: String,
    /// What went wrong.
    pub kind: ProcessErrorKind,
}

/// What went wrong with a process.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProcessErrorKind {
    /// It cannot be started.
    Start(io::Error),
    /// Nothing is there that ends it with its parent: neither `setpriv --pdeathsig`, nor the program's own option
    /// `-run-with exit-with-parent=on`.
    OutlivesParent,
    /// The client could not connect.
    Connect(ConnectError),
    /// This error of the client is explained by the process.
    Client(Box<dyn error::Error + Send + Sync>),
    /// It did not end in this time.
    Runs(Duration),
    /// The kernel does not say whether it has ended.
    Wait(io::Error),
}

impl ProcessError {
    pub(in crate::client) fn new(program: String, kind: ProcessErrorKind) -> ProcessError {
        ProcessError { program, ended: None, stderr: String::new(), kind }
    }
}

impl fmt::Display for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.program)?;
        match &self.kind {
            ProcessErrorKind::Start(_) => f.write_str(" cannot be started")?,
            ProcessErrorKind::OutlivesParent => f.write_str(
                " cannot be made to end with its parent: there is neither `setpriv --pdeathsig` nor its option `-run-with \
                 exit-with-parent=on`",
            )?,
            ProcessErrorKind::Runs(limit) => write!(f, " did not end within {limit:?}")?,
            ProcessErrorKind::Wait(_) => f.write_str(" is in an unknown state")?,
            ProcessErrorKind::Connect(_) | ProcessErrorKind::Client(_) => match &self.ended {
                Some(status) => write!(f, " has ended with {status}")?,
                None => f.write_str(" runs, and an operation of its client failed")?,
            },
        }
        match &*self.stderr {
            "" => Ok(()),
            stderr => write!(f, ": {stderr}"),
        }
    }
}

impl error::Error for ProcessError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.kind {
            ProcessErrorKind::Start(error) | ProcessErrorKind::Wait(error) => Some(error),
            ProcessErrorKind::Connect(error) => Some(error),
            ProcessErrorKind::Client(error) => Some(&**error),
            ProcessErrorKind::OutlivesParent | ProcessErrorKind::Runs(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
