//! `qapi-gen lint`: advice beyond what the compiler refuses.

use super::manner::Manner;
use super::report;
use clap::Args;
use qapi_gen::stages::lint::{Rule, human, json, lint};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Give advice on the style of schemas, and on what will be hard to change later
///
/// A comment `# qapi-gen: allow(RULE, ...)` silences rules for its file.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 no advice, 1 there is advice or the schema is refused, 2 wrong usage, or a \
file that cannot be read."
)]
pub(super) struct Lint {
    /// Root files of the schemas to check
    #[arg(value_name = "SCHEMA", required_unless_present = "rules")]
    schemas: Vec<PathBuf>,
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
            let status = match schema::load(&DiskLoader, path, &self.language.options()) {
                Ok(loaded) => {
                    let (findings, sources) = (lint(&loaded.schema), &loaded.schema.sources);
                    text.push_str(&match self.message_format {
                        report::Format::Human => human(&findings, sources, manner.colour),
                        report::Format::Json => json(&findings, sources),
                    });
                    if findings.is_empty() { report::SUCCESS } else { report::REFUSED }
                }
                Err(failure) => {
                    report::diagnostics(&failure.diagnostics, &failure.sources, self.message_format, manner);
                    report::status(&failure.diagnostics)
                }
            };
            worst = worst.max(status);
        }
        print(if manner.quiet { "" } else { &text }, worst)
    }
}

fn print(text: &str, status: u8) -> ExitCode {
    match report::print(text) {
        Ok(()) => ExitCode::from(status),
        Err(error) => report::unusable(Path::new("standard output"), "write", error),
    }
}
