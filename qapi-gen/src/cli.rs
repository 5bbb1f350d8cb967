//! The command line: a thin front end with one file for each subcommand.

mod answer;
mod check;
mod defines;
mod devices;
mod diff;
mod fmt;
mod generate;
mod import;
mod introspect;
mod lint;
mod live;
mod manner;
mod merge;
mod report;
mod revision;
mod shell;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use qapi_gen::Language;
use qapi_gen::stages::schema;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

const EXIT_STATUS: &str = "Exit status: 0 success, 1 the schema is refused, 2 wrong usage or a file that cannot be \
read or written.";

/// A compiler from QAPI schemas, the interface language of QEMU, to Rust.
#[derive(Parser)]
#[command(
    name = "qapi-gen",
    version,
    about,
    after_help = EXIT_STATUS
)]
struct Cli {
    #[command(flatten)]
    manner: manner::MannerOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Generate(generate::Generate),
    Import(import::Import),
    Merge(merge::Merge),
    Devices(devices::Devices),
    Check(check::Check),
    Introspect(introspect::Introspect),
    Diff(diff::Diff),
    Defines(defines::Defines),
    Fmt(fmt::Fmt),
    Lint(lint::Lint),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// Options for reading a schema and for printing what is wrong with it.
#[derive(Args)]
struct Reading {
    /// Set a define for `if` conditions; may be repeated, or have one name on each line, as `defines` prints them
    #[arg(long, value_name = "NAME", value_delimiter = '\n')]
    define: Vec<String>,
    #[command(flatten)]
    language: NamedLanguage,
    /// How to print errors and warnings
    #[arg(long, value_enum, default_value_t = report::Format::Human, value_name = "FORMAT")]
    message_format: report::Format,
}

impl Reading {
    fn options(&self) -> schema::Options {
        self.language.options()
    }

    fn defines(&self) -> BTreeSet<String> {
        named(&self.define)
    }
}

/// The defines of an option that takes several at once. A list without any has an empty line.
fn named(defines: &[String]) -> BTreeSet<String> {
    defines.iter().filter(|name| !name.is_empty()).cloned().collect()
}

/// The option for the version of the schema language.
#[derive(Args, Clone, Copy)]
struct NamedLanguage {
    /// The version of the schema language, named after a release of QEMU [default: from a comment
    /// `# qapi-gen: language(10.2)` in the schema or from the QEMU source tree around it, otherwise any]
    #[arg(long, value_name = "VERSION", value_parser = language_names())]
    language: Option<Language>,
}

impl NamedLanguage {
    fn options(self) -> schema::Options {
        schema::Options { language: self.language }
    }
}

fn language_names() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::name)).try_map(|name| name.parse::<Language>())
}

/// Runs the subcommand that the arguments of the process name.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let manner = cli.manner.decide();
    match cli.command {
        Command::Generate(generate) => generate.run(manner),
        Command::Import(import) => import.run(manner),
        Command::Merge(merge) => merge.run(manner),
        Command::Devices(devices) => devices.run(manner),
        Command::Check(check) => check.run(manner),
        Command::Introspect(introspect) => introspect.run(manner),
        Command::Diff(diff) => diff.run(manner),
        Command::Defines(defines) => defines.run(manner),
        Command::Fmt(fmt) => fmt.run(manner),
        Command::Lint(lint) => lint.run(manner),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    }
}

/// The schema file to read.
#[derive(Args)]
struct SchemaFile {
    /// The root schema file
    #[arg(value_name = "SCHEMA")]
    schema: PathBuf,
}
