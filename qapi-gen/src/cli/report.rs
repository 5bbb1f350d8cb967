//! Prints diagnostics and chooses exit statuses.

use super::manner::Manner;
use clap::ValueEnum;
use qapi_gen::stages::compose::{File, Layout};
use qapi_gen::stages::diagnostic::{Diagnostics, Severity};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema::{self, Loaded};
use qapi_gen::stages::source::Sources;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// Success.
pub(super) const SUCCESS: u8 = 0;
/// The schema is refused.
pub(super) const REFUSED: u8 = 1;
/// Wrong usage, or a file that cannot be read or written.
pub(super) const UNUSABLE: u8 = 2;

/// How errors and warnings are printed.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// For people, with excerpts of the schema
    Human,
    /// For programs, one JSON object on each line
    Json,
}

/// Prints diagnostics: for people on standard error, for programs on standard output.
pub(super) fn diagnostics(diagnostics: &Diagnostics, sources: &Sources, format: Format, manner: Manner) {
    let told: Diagnostics = (diagnostics.iter())
        .filter(|diagnostic| !manner.quiet || diagnostic.severity == Severity::Error)
        .cloned()
        .collect();
    match format {
        Format::Human => {
            let text = if manner.colour_errors { told.to_terminal(sources) } else { told.to_human(sources) };
            // If standard error is closed, there is nowhere to report it.
            let _ = io::stderr().write_all(text.as_bytes());
        }
        Format::Json => {
            let _ = print(&told.to_json(sources));
        }
    }
}

/// Loads a schema. If that fails, prints the diagnostics.
pub(super) fn load(
    path: &Path,
    reading: &schema::Options,
    format: Format,
    manner: Manner,
) -> Result<Loaded, ExitCode> {
    qapi_gen::stages::load(&DiskLoader, path, reading).map_err(|failure| {
        diagnostics(&failure.diagnostics, &failure.sources, format, manner);
        ExitCode::from(status(&failure.diagnostics))
    })
}

/// Prints to standard output. A reader that has closed the pipe is no error.
pub(super) fn print(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes a schema that was made: into a folder, as a file, or for `-` to standard output.
pub(super) fn write_schema(files: &[File], layout: Layout, output: &Path) -> Result<(), ExitCode> {
    if output == Path::new("-") {
        let text: String = files.iter().map(|file| file.text.as_str()).collect();
        return print(&text).map_err(|error| unusable(Path::new("standard output"), "write", error));
    }
    File::write_all(files, layout, output).map_err(|(path, error)| unusable(&path, "write", error))
}

/// Reports a file that cannot be used.
pub(super) fn unusable(path: &Path, what: &str, error: impl Display) -> ExitCode {
    eprintln!("qapi-gen: cannot {what} {}: {error}", path.display());
    ExitCode::from(UNUSABLE)
}

/// The exit status for a schema with these diagnostics. An unreadable file takes precedence over a refused schema.
pub(super) fn status(diagnostics: &Diagnostics) -> u8 {
    if !diagnostics.has_errors() {
        SUCCESS
    } else if diagnostics.unreadable() {
        UNUSABLE
    } else {
        REFUSED
    }
}
