//! `qapi-gen diff`: what changed for clients?

mod input;

use super::manner::Manner;
use super::report;
use clap::{ArgGroup, Args, ValueEnum};
use input::Input;
use qapi_gen::stages::compat::report::{Sides, human, json, markdown};
use qapi_gen::stages::compat::{compare, is_compatible};
use qapi_gen::stages::wire::Knowledge;
use std::path::Path;
use std::process::ExitCode;

/// Report what changed between two schemas, and what it means for clients
///
/// Each change is judged by its direction: whether it affects what clients send, or what they receive.
#[derive(Args)]
#[command(
    group = ArgGroup::new("other").args(["new", "live"]).required(true),
    override_usage = "qapi-gen diff [OPTIONS] <OLD> <NEW>\n       qapi-gen diff [OPTIONS] <OLD> --live <SOCKET>",
    after_help = "Exit status: 0 no change is incompatible, 1 at least one is, 2 wrong usage, or a schema that \
cannot be read."
)]
pub(super) struct Diff {
    /// The old schema: a schema file, REVISION:PATH in a git repository, or a saved answer to query-qmp-schema
    #[arg(value_name = "OLD")]
    old: String,
    /// The new schema, in one of the same forms
    #[arg(value_name = "NEW")]
    new: Option<String>,
    /// Ask a running QMP server for the new schema: the path of its socket, or HOST:PORT
    #[arg(long, value_name = "SOCKET")]
    live: Option<String>,
    /// Set a define and evaluate all `if` conditions before the comparison; may be repeated, or have one name on each
    /// line. Without this option the conditions themselves are compared. An answer has no conditions, so in a schema that is compared with an answer
    /// they are always evaluated
    #[arg(long, value_name = "NAME", value_delimiter = '\n')]
    define: Vec<String>,
    /// How to print the changes
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Text
    Human,
    /// One JSON object on each line
    Json,
    /// A document with tables
    Markdown,
}

impl Diff {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        let Some(old) = Input::open(&self.old, manner) else { return ExitCode::from(report::UNUSABLE) };
        let new = match (&self.live, &self.new) {
            (Some(address), _) => Input::ask(address),
            (None, Some(new)) => Input::open(new, manner),
            (None, None) => unreachable!("clap demands one of the two"),
        };
        let Some(new) = new else { return ExitCode::from(report::UNUSABLE) };
        let (old, new) = self.decide(old, new, manner);
        let changes = compare(&old.wire, &new.wire);
        let sides = Sides { old: old.side(), new: new.side() };
        let text = match self.format {
            Format::Human => human(&changes, &sides, manner.colour),
            Format::Json => json(&changes, &sides),
            Format::Markdown => markdown(&changes, &sides),
        };
        if !manner.quiet
            && let Err(error) = report::print(&text)
        {
            return report::unusable(Path::new("standard output"), "write", error);
        }
        ExitCode::from(if is_compatible(&changes) { report::SUCCESS } else { report::REFUSED })
    }

    /// Evaluates the conditions of schema files if the user sets defines, or if only the other side is an answer.
    fn decide(&self, old: Input, new: Input, manner: Manner) -> (Input, Input) {
        let note = |text: &str| {
            if !manner.quiet {
                eprintln!("qapi-gen: note: {text}");
            }
        };
        let defines = super::named(&self.define);
        for define in defines.iter().filter(|define| !old.asks_for(define) && !new.asks_for(define)) {
            note(&format!("no condition of either schema asks for '{define}'"));
        }
        let answered = |input: &Input| input.wire.knowledge == Knowledge::Answer;
        let mixed = answered(&old) != answered(&new);
        if mixed && defines.is_empty() && (old.has_conditions() || new.has_conditions()) {
            note(
                "an answer has no conditions, so those of the schema count as unset; \
                 name the set ones with --define",
            );
        }
        if !mixed && defines.is_empty() {
            return (old, new);
        }
        (old.decide(&defines), new.decide(&defines))
    }
}
