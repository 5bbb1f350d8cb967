//! An answer to query-qmp-schema on the command line: a saved one, or that of a running server.

use super::{live, report};
use clap::Args;
use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options that name an answer. A command groups `answer` and `live`, and says whether it needs one.
#[derive(Args)]
pub(super) struct Answer {
    /// A saved answer to query-qmp-schema, or `-` for standard input
    answer: Option<PathBuf>,
    /// Ask the server at this address: unix:PATH or tcp:HOST:PORT
    #[arg(long, value_name = "SOCKET")]
    live: Option<String>,
}

impl Answer {
    /// The answer that the user named, if any.
    pub(super) fn subject(&self) -> Option<Subject<'_>> {
        let live = self.live.as_deref().map(Subject::Server);
        live.or(self.answer.as_deref().map(Subject::File))
    }
}

/// Where an answer comes from.
#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    File(&'a Path),
    Server(&'a str),
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(address) => f.write_str(address),
        }
    }
}

impl Subject<'_> {
    /// The text. If that fails, prints the reason to standard error.
    pub(super) fn read(self) -> Result<String, ExitCode> {
        let refuse = |what: &str, error: &dyn fmt::Display| {
            eprintln!("qapi-gen: cannot {what} {self}: {error}");
            ExitCode::from(report::UNUSABLE)
        };
        match self {
            Self::Server(address) => live::ask(address).map_err(|error| refuse("ask", &error)),
            Self::File(path) if path == Path::new("-") => {
                let mut text = String::new();
                io::stdin().read_to_string(&mut text).map(|_| text).map_err(|error| refuse("read", &error))
            }
            Self::File(path) => fs::read_to_string(path).map_err(|error| refuse("read", &error)),
        }
    }
}
