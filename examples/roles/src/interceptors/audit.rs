//! The audit log: a line for each command, with its sender and its outcome.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use qapi_runtime::interceptor::{Finished, Incoming, Interceptor, Verdict};
use qapi_runtime::{Any, Error, Escaped};

/// Writes to standard output, and to files that sessions have added.
///
/// The session's thread writes the line before the client gets its reply. So the log has every outcome that a client
/// has seen, and commands wait for the log.
pub(crate) struct Audit {
    arguments: bool,
    files: Mutex<Vec<(u64, File)>>,
}

impl Audit {
    /// An audit log, with the arguments of commands if `arguments` is set: they may be secrets.
    pub(crate) fn new(arguments: bool) -> Audit {
        Audit { arguments, files: Mutex::default() }
    }

    /// Also writes the log to this file, until the session ends.
    pub(crate) fn add(&self, session: u64, mut file: File) -> io::Result<()> {
        // Fails now, so that the command reports it, if the file cannot be written to.
        writeln!(file, "session={session} log begins")?;
        self.files.lock().unwrap_or_else(PoisonError::into_inner).push((session, file));
        Ok(())
    }

    /// Closes the files of a session.
    pub(crate) fn forget(&self, session: u64) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).retain(|(owner, _)| *owner != session);
    }

    fn write(&self, line: impl Display) {
        let line = format!("{line}\n");
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that must be complete would refuse commands when a write fails; this one continues without the line.
        let _ = io::stdout().lock().write_all(line.as_bytes());
        // A file that fails, for example on a full disk, leaves the log.
        files.retain_mut(|(_, file)| file.write_all(line.as_bytes()).is_ok());
    }
}

impl Interceptor for Audit {
    fn before(&self, incoming: &Incoming<'_>) -> Result<(), Error> {
        if let Some(arguments) = incoming.arguments().filter(|_| self.arguments) {
            let (session, name) = (incoming.session(), Escaped::new(incoming.name().unwrap_or("-")));
            let arguments = Escaped::new(Any::from(arguments)).limit(1000);
            self.write(format_args!("session={session} command={name} arguments={arguments}"));
        }
        Ok(())
    }

    fn after(&self, finished: &Finished<'_>) {
        let (session, peer) = (finished.session(), finished.peer());
        let listener = finished.listener().unwrap_or("-");
        // The client chooses name and id: they may have any length and any characters.
        let name = Escaped::new(finished.name().unwrap_or("-"));
        let id = Escaped::new(finished.id().unwrap_or("-"));
        let result = match finished.verdict() {
            Verdict::Succeeded => "ok",
            Verdict::Failed(class) => class.as_str(),
            _ => "abandoned",
        };
        self.write(format_args!(
            "session={session} listener={listener} peer={peer} command={name} id={id} result={result}"
        ));
    }

    fn wants_arguments(&self) -> bool {
        self.arguments
    }
}
