//! `qapi-gen import`: a schema from an answer to query-qmp-schema.

use super::answer::Answer;
use super::manner::Manner;
use super::report;
use clap::{ArgGroup, Args};
use qapi_gen::stages::compose::Layout;
use qapi_gen::stages::import::{Names, import};
use qapi_gen::stages::{load_made, schema};
use std::path::PathBuf;
use std::process::ExitCode;

/// Make a schema from a server's answer to query-qmp-schema
///
/// The answer has no type names and no documentation. Both are taken from the schemas that you give with --names, which
/// should be of about the same version.
#[derive(Args)]
#[command(group = ArgGroup::new("subject").args(["answer", "live"]).required(true), after_help = super::EXIT_STATUS)]
pub(super) struct Import {
    #[command(flatten)]
    answer: Answer,
    /// A schema to take names and documentation from; may be repeated, and the first that has a match decides
    #[arg(long, value_name = "SCHEMA")]
    names: Vec<PathBuf>,
    /// Where to write the schema: a file, a folder (an existing one, or a path that ends with `/`) for one file per
    /// module, or `-` for standard output
    #[arg(short, long, value_name = "FILE|DIR/")]
    output: PathBuf,
}

impl Import {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        match self.import(manner) {
            Ok(()) => ExitCode::SUCCESS,
            Err(status) => status,
        }
    }

    fn import(&self, manner: Manner) -> Result<(), ExitCode> {
        let Some(subject) = self.answer.subject() else {
            unreachable!("the command line asks for an answer")
        };
        let answer = subject.read()?;
        let mut sources = Vec::new();
        for path in &self.names {
            let reading = schema::Options::default();
            let loaded = report::load(path, &reading, report::Format::Human, manner)?;
            sources.push((path.display().to_string(), loaded));
        }
        let names: Vec<Names<'_>> =
            sources.iter().map(|(label, loaded)| Names { label, schema: &loaded.schema }).collect();
        let layout = Layout::of_output(&self.output);
        let imported = import(&answer, &names, layout).map_err(|error| {
            eprintln!("qapi-gen: cannot import {subject}: {error}");
            ExitCode::from(report::REFUSED)
        })?;
        if let Err(failure) = load_made(&imported.files) {
            report::diagnostics(&failure.diagnostics, &failure.sources, report::Format::Human, manner);
            eprintln!(
                "qapi-gen: cannot import {subject}: the schema language does not allow what it describes"
            );
            return Err(ExitCode::from(report::REFUSED));
        }
        report::write_schema(&imported.files, layout, &self.output)?;
        if !manner.quiet {
            eprint!("{}", imported.summary);
        }
        Ok(())
    }
}
