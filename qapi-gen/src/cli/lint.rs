//! `qapi-gen lint`: advice beyond what the compiler refuses.

use super::manner::Manner;
use super::{report, revision};
use clap::Args;
use qapi_gen::stages::lint::{Finding, Rule, human, json, lint, lint_since};
use qapi_gen::stages::loader::{DiskLoader, Loader};
use qapi_gen::stages::schema::{self, Schema};
use qapi_gen::stages::source::Sources;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Give advice on the style of schemas, and on what will be hard to change later
///
/// A comment `# qapi-gen: allow(RULE, ...)` silences rules for its file. Members of a definition that the pragma
/// `documentation-exceptions` lists need no description. A command from before the newest version that a `Since:` of the
/// schema names may return what it does.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 no advice, 1 there is advice or the schema is refused, 2 wrong usage, or a \
file that cannot be read."
)]
pub(super) struct Lint {
    /// Root files of the schemas to check
    #[arg(value_name = "SCHEMA", required_unless_present = "rules")]
    schemas: Vec<PathBuf>,
    /// Give advice only on what is new since this revision of the git repository around the schema
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    #[command(flatten)]
    language: super::NamedLanguage,
    /// List the rules with their reasons
    #[arg(long)]
    rules: bool,
    /// How to print the advice
    #[arg(long, value_enum, default_value_t = report::Format::Human, value_name = "FORMAT")]
    message_format: report::Format,
}

impl Lint {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        if self.rules {
            let list: String =
                Rule::ALL.iter().map(|rule| std::format!("{rule}: {}\n", rule.reason())).collect();
            return print(&list, report::SUCCESS);
        }
        let mut worst = report::SUCCESS;
        let mut text = String::new();
        for path in &self.schemas {
            let status = match self.advise(path, manner) {
                Ok((findings, sources)) => {
                    text.push_str(&match self.message_format {
                        report::Format::Human => human(&findings, &sources, manner.colour),
                        report::Format::Json => json(&findings, &sources),
                    });
                    if findings.is_empty() { report::SUCCESS } else { report::REFUSED }
                }
                Err(status) => status,
            };
            worst = worst.max(status);
        }
        print(if manner.quiet { "" } else { &text }, worst)
    }

    /// The advice on one schema, or the exit status if there can be none.
    fn advise(&self, path: &Path, manner: Manner) -> Result<(Vec<Finding>, Sources), u8> {
        let schema = self.load(&DiskLoader, path, manner)?;
        let old = self.since.as_deref().map(|revision| self.load_old(revision, path, manner));
        let findings = match old.transpose()? {
            None => lint(&schema),
            Some(old) => lint_since(old.as_ref(), &schema),
        };
        Ok((findings, schema.sources))
    }

    /// The schema as a revision has it; `None` if the revision has no such file.
    fn load_old(&self, since: &str, path: &Path, manner: Manner) -> Result<Option<Schema>, u8> {
        let (loader, old) = revision::counterpart(path, since).map_err(|error| {
            eprintln!("qapi-gen: cannot compare {} with {since}: {error}", path.display());
            report::UNUSABLE
        })?;
        if loader.read(&old).is_err() {
            if !manner.quiet {
                eprintln!("qapi-gen: note: {since} does not have {}, so all of it is new", path.display());
            }
            return Ok(None);
        }
        self.load(&loader, &old, manner).map(Some)
    }

    /// Loads a schema. If that fails, prints the diagnostics.
    fn load(&self, loader: &dyn Loader, path: &Path, manner: Manner) -> Result<Schema, u8> {
        match schema::load(loader, path, &self.language.options()) {
            Ok(loaded) => Ok(loaded.schema),
            Err(failure) => {
                report::diagnostics(&failure.diagnostics, &failure.sources, self.message_format, manner);
                Err(report::status(&failure.diagnostics))
            }
        }
    }
}

fn print(text: &str, status: u8) -> ExitCode {
    match report::print(text) {
        Ok(()) => ExitCode::from(status),
        Err(error) => report::unusable(Path::new("standard output"), "write", error),
    }
}
