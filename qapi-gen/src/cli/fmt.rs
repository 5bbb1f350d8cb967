//! `qapi-gen fmt`: formats schema files.

use super::manner::Manner;
use super::report;
use clap::Args;
use qapi_gen::stages::fmt::format;
use qapi_gen::stages::write_if_changed;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Format schema files in the canonical layout
///
/// The meaning of a schema does not change. Included files are not formatted unless you name them too.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 success, 1 with --check a file is not in canonical layout, 2 wrong usage, or a \
file that cannot be read or written or is not a schema file."
)]
pub(super) struct Fmt {
    /// Schema files; `-` formats standard input to standard output
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Write nothing, but list the files that are not in canonical layout
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        let worst = self.files.iter().map(|path| self.file(path, manner)).max();
        ExitCode::from(worst.unwrap_or(report::SUCCESS))
    }

    fn file(&self, path: &Path, manner: Manner) -> u8 {
        let piped = path == Path::new("-");
        let name = if piped { Path::new("standard input") } else { path };
        let text = if piped { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
        let text = match text {
            Ok(text) => text,
            Err(error) => return unusable(name, "read", &error.to_string()),
        };
        let formatted = match format(&text) {
            Ok(formatted) => formatted,
            Err(error) if error.line == 0 => return unusable(name, "format", &error.message),
            Err(error) => {
                let (name, line) = (name.display(), error.line);
                eprintln!("qapi-gen: {name}:{line}: {error}; `qapi-gen check` tells more");
                return report::UNUSABLE;
            }
        };
        if self.check {
            return if formatted == text { report::SUCCESS } else { refuse(name, manner) };
        }
        let written = match piped {
            true => report::print(&formatted),
            false => write_if_changed(path, &formatted).map(|_| ()),
        };
        match written {
            Ok(()) => report::SUCCESS,
            Err(error) => unusable(name, "write", &error.to_string()),
        }
    }
}

fn refuse(name: &Path, manner: Manner) -> u8 {
    if !manner.quiet {
        // A reader that has closed the pipe is no error.
        let _ = report::print(&std::format!("{}: not in canonical layout\n", name.display()));
    }
    report::REFUSED
}

fn unusable(path: &Path, what: &str, error: &str) -> u8 {
    eprintln!("qapi-gen: cannot {what} {}: {error}", path.display());
    report::UNUSABLE
}
