//! `qapi-gen fmt`: the canonical layout.

use super::manner::Manner;
use super::report;
use clap::Args;
use qapi_gen::fmt::format;
use qapi_gen::write_if_changed;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Bring schema files into the canonical layout
///
/// What they say stays the same. Included files are left alone: name them, too.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 success, 1 with --check a file is not in canonical layout, 2 wrong usage, or a \
file that cannot be read, written, or is no schema file."
)]
pub(super) struct Fmt {
    /// Schema files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Write nothing; name the files that are not in canonical layout
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        let worst = self.files.iter().map(|path| self.file(path, manner)).max();
        ExitCode::from(worst.unwrap_or(report::SUCCESS))
    }

    fn file(&self, path: &Path, manner: Manner) -> u8 {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return unusable(path, "read", &error.to_string()),
        };
        let formatted = match format(&text) {
            Ok(formatted) => formatted,
            Err(error) if error.line == 0 => return unusable(path, "format", &error.message),
            Err(error) => {
                eprintln!(
                    "qapi-gen: {}:{}: {error}; `qapi-gen check` tells more",
                    path.display(),
                    error.line
                );
                return report::UNUSABLE;
            }
        };
        if formatted == text {
            return report::SUCCESS;
        }
        if self.check {
            if !manner.quiet {
                println!("{}: not in canonical layout", path.display());
            }
            return report::REFUSED;
        }
        match write_if_changed(path, &formatted) {
            Ok(_) => report::SUCCESS,
            Err(error) => unusable(path, "write", &error.to_string()),
        }
    }
}

fn unusable(path: &Path, what: &str, error: &str) -> u8 {
    eprintln!("qapi-gen: cannot {what} {}: {error}", path.display());
    report::UNUSABLE
}
