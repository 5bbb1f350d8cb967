//! `qapi-gen generate`: a schema to Rust.

use super::manner::Manner;
use super::{Reading, SchemaFile, report};
use clap::{Args, ValueEnum};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::rust::{Conditions, Handlers, Options};
use qapi_gen::stages::{compile, write_if_changed};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Generate Rust from a schema
#[derive(Args)]
#[command(after_help = super::EXIT_STATUS)]
pub(super) struct Generate {
    #[command(flatten)]
    file: SchemaFile,
    /// The file for the Rust code [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The path by which the generated code names the runtime
    #[arg(long, value_name = "PATH", default_value = "::qapi_runtime")]
    runtime_path: String,
    /// How to compile `if` conditions
    #[arg(long, value_enum, default_value_t = ConditionsArg::Fixed, value_name = "HOW")]
    conditions: ConditionsArg,
    /// Map a define to a cfg predicate, with --conditions cfg; may be repeated
    #[arg(long, value_name = "NAME=PREDICATE", value_parser = predicate)]
    condition_cfg: Vec<(String, String)>,
    /// Which handlers are async
    #[arg(long, value_enum, default_value_t = HandlersArg::BySchema, value_name = "WHICH")]
    handlers: HandlersArg,
    /// A command whose handler may block: on tokio it runs on a thread for blocking work; may be repeated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    blocking: Vec<String>,
    /// Generate only these commands and events, with the types that they use; `*` and `?` in a name match any text and
    /// any character; may be repeated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
    /// Generate for clients too: received types keep unknown values and branches
    #[arg(long)]
    client: bool,
    /// Make members optional that only replies and events have, so that one that the server leaves out does not lose the
    /// reply (needs --client)
    #[arg(long)]
    tolerant_replies: bool,
    /// A type that stays closed although a client receives it, or `*` for all; may be repeated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    closed: Vec<String>,
    /// Leave out the documentation
    #[arg(long)]
    no_docs: bool,
    /// Do not break long lines
    #[arg(long)]
    no_format: bool,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Clone, Copy, ValueEnum)]
enum ConditionsArg {
    /// Evaluate them against the defines
    Fixed,
    /// Turn them into #[cfg]
    Cfg,
    /// Take all as holding, for a client that meets servers of any build (needs --client)
    All,
}

#[derive(Clone, Copy, ValueEnum)]
enum HandlersArg {
    BySchema,
    Sync,
    Async,
}

fn predicate(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, predicate)) if !name.is_empty() && !predicate.is_empty() => {
            Ok((name.into(), predicate.into()))
        }
        _ => Err("write NAME=PREDICATE, as in CONFIG_LINUX=target_os=\"linux\"".into()),
    }
}

impl Generate {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        let options = match self.options() {
            Ok(options) => options,
            Err(message) => {
                eprintln!("qapi-gen: {message}");
                return ExitCode::from(report::UNUSABLE);
            }
        };
        let format = self.reading.message_format;
        match compile(&DiskLoader, &self.file.schema, &self.reading.options(), &options) {
            Ok(generated) => {
                let format = if self.output.is_some() { format } else { report::Format::Human };
                report::diagnostics(generated.diagnostics(), generated.sources(), format, manner);
                self.write(&generated.text)
            }
            Err(failure) => {
                report::diagnostics(&failure.diagnostics, &failure.sources, format, manner);
                ExitCode::from(report::status(&failure.diagnostics))
            }
        }
    }

    fn write(&self, text: &str) -> ExitCode {
        let (path, written) = match &self.output {
            Some(path) => (path.as_path(), write_if_changed(path, text).map(|_| ())),
            None => (Path::new("standard output"), report::print(text)),
        };
        match written {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => report::unusable(path, "write", error),
        }
    }

    fn options(&self) -> Result<Options, &'static str> {
        let mut options = Options::default();
        options.runtime_path.clone_from(&self.runtime_path);
        options.defines = self.reading.defines();
        options.docs = !self.no_docs;
        options.format = !self.no_format;
        options.client = self.client;
        options.tolerant_replies = self.tolerant_replies;
        options.closed.clone_from(&self.closed);
        options.blocking.clone_from(&self.blocking);
        options.only = (!self.only.is_empty()).then(|| self.only.clone());
        options.handlers = match self.handlers {
            HandlersArg::BySchema => Handlers::BySchema,
            HandlersArg::Sync => Handlers::Sync,
            HandlersArg::Async => Handlers::Async,
        };
        options.conditions = match self.conditions {
            ConditionsArg::Cfg => {
                Conditions::Cfg { predicates: self.condition_cfg.iter().cloned().collect() }
            }
            _ if !self.condition_cfg.is_empty() => {
                return Err("--condition-cfg is of use with --conditions cfg only");
            }
            ConditionsArg::Fixed => Conditions::Fixed,
            ConditionsArg::All => Conditions::All,
        };
        Ok(options)
    }
}
