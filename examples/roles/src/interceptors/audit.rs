//! The audit log: a line for each command, with who sent it and what became of it.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use qapi_runtime::interceptor::{Finished, Incoming, Interceptor, Verdict};
use qapi_runtime::{Any, Error, Escaped};

/// Writes to standard output, and to files that sessions have added.
///
/// A line is written before the client has its reply, by the thread that serves it. So no client knows of anything that the log
/// does not, and commands wait for the log.
pub(crate) struct Audit {
    arguments: bool,
    files: Mutex<Vec<(u64, File)>>,
}

impl Audit {
    /// An audit log, with the `arguments` of commands if so told: they may be secrets.
    pub(crate) fn new(arguments: bool) -> Audit {
        Audit { arguments, files: Mutex::default() }
    }

    /// Writes the log to this file, too, as long as the session lasts.
    pub(crate) fn add(&self, session: u64, mut file: File) -> io::Result<()> {
        // Tells whether it can be written to at all.
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
        // A log that must not miss anything refuses commands when it cannot be written; this one goes on.
        let _ = io::stdout().lock().write_all(line.as_bytes());
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
        // Name and id are the client's: of any length, with any characters.
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
