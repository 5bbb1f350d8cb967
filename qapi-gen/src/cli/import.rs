//! `qapi-gen import`: a schema from an answer to query-qmp-schema.

use super::manner::Manner;
use super::{live, report};
use clap::Args;
use qapi_gen::stages;
use qapi_gen::stages::compose::{File, Layout};
use qapi_gen::stages::import::{Names, import};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema::{self, Loaded};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make a schema from a server's answer to query-qmp-schema
///
/// The answer has no type names and no documentation. Both are taken from the schemas that you give with --names, which
/// should be of about the same version.
#[derive(Args)]
#[command(after_help = super::EXIT_STATUS)]
pub(super) struct Import {
    /// A saved answer to query-qmp-schema, or `-` for standard input
    #[arg(required_unless_present = "live", conflicts_with = "live")]
    answer: Option<PathBuf>,
    /// Ask the server at this address: unix:PATH or tcp:HOST:PORT
    #[arg(long, value_name = "SOCKET")]
    live: Option<String>,
    /// A schema to take names and documentation from; may be repeated, and the first that has a match decides
    #[arg(long, value_name = "SCHEMA")]
    names: Vec<PathBuf>,
    /// Where to write the schema: a file, or a folder (an existing one, or a path that ends with `/`) for one file per
    /// module
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
        let answer = self.read()?;
        let mut sources = Vec::new();
        for path in &self.names {
            sources.push((path.display().to_string(), load(path, manner)?));
        }
        let names: Vec<Names<'_>> =
            sources.iter().map(|(label, loaded)| Names { label, schema: &loaded.schema }).collect();
        let layout = Layout::of_output(&self.output);
        let imported = import(&answer, &names, layout).map_err(|error| {
            eprintln!("qapi-gen: cannot import {}: {error}", self.subject());
            ExitCode::from(report::REFUSED)
        })?;
        File::write_all(&imported.files, layout, &self.output)
            .map_err(|(path, error)| report::unusable(&path, "write", error))?;
        if !manner.quiet {
            eprint!("{}", imported.summary);
        }
        Ok(())
    }

    fn subject(&self) -> String {
        match (&self.live, &self.answer) {
            (Some(address), _) => address.clone(),
            (None, Some(path)) => path.display().to_string(),
            (None, None) => unreachable!("the command line asks for one of them"),
        }
    }

    fn read(&self) -> Result<String, ExitCode> {
        let unusable = |error: &dyn std::fmt::Display| {
            eprintln!("qapi-gen: cannot read {}: {error}", self.subject());
            ExitCode::from(report::UNUSABLE)
        };
        if let Some(address) = &self.live {
            return live::ask(address).map_err(|error| {
                eprintln!("qapi-gen: cannot ask {address}: {error}");
                ExitCode::from(report::UNUSABLE)
            });
        }
        let path = self.answer.as_deref().unwrap_or(Path::new("-"));
        let text = if path == Path::new("-") {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map(|_| text)
        } else {
            fs::read_to_string(path)
        };
        text.map_err(|error| unusable(&error))
    }
}

/// Loads a schema that gives names. If that fails, prints the reason to standard error.
fn load(path: &Path, manner: Manner) -> Result<Loaded, ExitCode> {
    stages::load(&DiskLoader, path, &schema::Options::default()).map_err(|failure| {
        report::diagnostics(&failure.diagnostics, &failure.sources, report::Format::Human, manner);
        ExitCode::from(report::status(&failure.diagnostics))
    })
}
