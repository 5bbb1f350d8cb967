//! `qapi-gen defines`: what do the conditions of a schema ask for, and what of it does a server have?

use super::answer::Answer;
use super::manner::Manner;
use super::{NamedLanguage, SchemaFile, report};
use clap::{ArgGroup, Args, ValueEnum};
use qapi_gen::stages::defines::report::{human, json, open, set};
use qapi_gen::stages::defines::{State, decide, list};
use std::path::Path;
use std::process::ExitCode;

/// List the defines of a schema's conditions, or those that a server was built with
///
/// Without an answer, each define is listed with the parts of the schema that depend on it. With the answer of a server
/// of about the schema's version, only the defines that the server was built with are printed to standard output, one on
/// each line, as --define and Builder::defines take them. Those that the answer does not decide are named on standard
/// error.
#[derive(Args)]
#[command(
    group = ArgGroup::new("subject").args(["answer", "live"]),
    override_usage = "qapi-gen defines [OPTIONS] <SCHEMA>\n       qapi-gen defines [OPTIONS] <SCHEMA> <ANSWER|--live \
<SOCKET>>",
    after_help = "Exit status: 0 success, 1 the schema is refused, or the answer contradicts it, 2 wrong usage or a \
file that cannot be read."
)]
pub(super) struct Defines {
    #[command(flatten)]
    file: SchemaFile,
    #[command(flatten)]
    answer: Answer,
    #[command(flatten)]
    language: NamedLanguage,
    /// How to print the defines
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Text
    Human,
    /// One JSON object on each line
    Json,
}

impl Defines {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        self.defines(manner).unwrap_or_else(|status| status)
    }

    fn defines(&self, manner: Manner) -> Result<ExitCode, ExitCode> {
        let reading = self.language.options();
        let schema = report::load(&self.file.schema, &reading, report::Format::Human, manner)?.schema;
        let states = self.answer.subject().map(|subject| {
            decide(&schema, &subject.read()?).map_err(|error| {
                eprintln!("qapi-gen: cannot read {subject}: {error}");
                ExitCode::from(report::UNUSABLE)
            })
        });
        let states = states.transpose()?;
        let text = match (self.format, &states) {
            (Format::Json, states) => json(&list(&schema), states.as_ref()),
            (Format::Human, None) => human(&list(&schema)),
            (Format::Human, Some(states)) => set(states),
        };
        report::print(&text)
            .map_err(|error| report::unusable(Path::new("standard output"), "write", error))?;
        let Some(states) = states else { return Ok(ExitCode::SUCCESS) };
        if !manner.quiet {
            eprint!("{}", open(&states));
        }
        let contradicted = states.0.values().any(|state| matches!(state, State::Contradicted(_)));
        Ok(ExitCode::from(if contradicted { report::REFUSED } else { report::SUCCESS }))
    }
}
