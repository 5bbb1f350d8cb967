//! Which changes fail the command, and which are accepted.

use clap::{Args, ValueEnum};
use qapi_gen::stages::compat::{AcceptFile, Change, Comparison, FailOn};
use qapi_gen::stages::schema::Version;
use std::path::PathBuf;

/// The options that make a gate of the comparison.
#[derive(Args)]
pub(super) struct Gate {
    /// The changes that end the command with status 1
    #[arg(long, value_enum, default_value_t = Limit::Incompatible, value_name = "WHAT")]
    fail_on: Limit,
    /// A file with the changes that are accepted: a sequence of JSON objects, each with the `kind` and the `path` of a change
    /// as `--format json` has them, the `reason`, and optionally the version `until` which it is accepted. An entry that
    /// accepts nothing is stale, and fails
    #[arg(long, value_name = "FILE")]
    accept: Option<PathBuf>,
    /// The version of the new schema, for `until` [default: the newest that a `Since:` in its documentation names]
    #[arg(long, value_name = "VERSION")]
    release: Option<Version>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Limit {
    /// Incompatible ones
    Incompatible,
    /// Also those that are worth a look
    Look,
    /// None: report only
    None,
}

impl Gate {
    pub(super) fn fail_on(&self) -> FailOn {
        match self.fail_on {
            Limit::Incompatible => FailOn::Incompatible,
            Limit::Look => FailOn::Look,
            Limit::None => FailOn::None,
        }
    }

    /// Marks what the accept file accepts. `newest` is the version that the new schema's documentation names.
    pub(super) fn judge(&self, changes: Vec<Change>, newest: Option<&Version>) -> Result<Comparison, String> {
        let Some(path) = &self.accept else { return Ok(changes.into()) };
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
        let file = AcceptFile::parse(&name, &text).map_err(|error| error.to_string())?;
        let release = self.release.as_ref().or(newest);
        file.accept(changes, release).map_err(|error| format!("{error}; name it with --release <VERSION>"))
    }
}
