//! `qapi-gen diff`: what changed for clients?

mod gate;
mod input;

use super::manner::Manner;
use super::report;
use clap::{Args, ValueEnum};
use gate::Gate;
use input::Input;
use qapi_gen::stages::compat::report::{Sides, Style, github, human, json, junit, markdown, sarif};
use qapi_gen::stages::compat::{Release, compare_releases};
use qapi_gen::stages::wire::Knowledge;
use std::path::Path;
use std::process::ExitCode;

/// Report what changed between two schemas, and what it means for clients
///
/// Each change is judged by its direction: whether it affects what clients send, or what they receive.
#[derive(Args)]
#[command(
    override_usage = "qapi-gen diff [OPTIONS] <OLD> [MID]... <NEW>\n       \
qapi-gen diff [OPTIONS] <OLD> [MID]... --live <SOCKET>\n       \
qapi-gen diff [OPTIONS] --against-tag [MID]... <NEW>",
    after_help = "Exit status: 0 no change is incompatible, 1 at least one is and not accepted, or an entry of the \
accept file is stale, 2 wrong usage, or a file that cannot be read."
)]
pub(super) struct Diff {
    /// The old schema and the new one: each a schema file, REVISION:PATH in a git repository, :PATH in its index, or a saved
    /// answer to query-qmp-schema. Schemas between the two are those of the releases on the way: a deprecation in one of them
    /// excuses a removal in a later one
    #[arg(value_name = "SCHEMA", required = true)]
    schemas: Vec<String>,
    /// Take the old schema from the last tag of the git repository around the new one, instead of naming it
    #[arg(long, conflicts_with = "live")]
    against_tag: bool,
    /// Ask a running QMP server for the new schema: the path of its socket, or HOST:PORT
    #[arg(long, value_name = "SOCKET")]
    live: Option<String>,
    /// Set a define and evaluate all `if` conditions before the comparison; may be repeated, or have one name on each
    /// line. Without this option the conditions themselves are compared. An answer has no conditions, so in a schema that is compared with an answer
    /// they are always evaluated
    #[arg(long, value_name = "NAME", value_delimiter = '\n')]
    define: Vec<String>,
    /// Compare the documentation of schema files, too: defaults and units that it names, and whether it says since when
    /// a new thing is there
    #[arg(long)]
    docs: bool,
    /// Demand that something was deprecated this many releases before it is removed, counting the schemas on the command
    /// line. Without this option every announcement counts. What is unstable needs none
    #[arg(long, value_name = "RELEASES")]
    policy: Option<usize>,
    /// Show compatible changes, too, where the format is for people; it only counts or folds them otherwise
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    gate: Gate,
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
    /// Workflow commands, which GitHub shows at the changed lines
    Github,
    /// One SARIF document
    Sarif,
    /// Test results in JUnit's XML
    Junit,
}

impl Diff {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        if let Err(text) = self.check() {
            eprintln!("qapi-gen: {text}");
            return ExitCode::from(report::UNUSABLE);
        }
        let Some(inputs) = self.inputs(manner) else { return ExitCode::from(report::UNUSABLE) };
        let inputs = self.decide(inputs, manner);
        let releases: Vec<Release<'_>> = inputs.iter().map(|input| input.release(self.docs)).collect();
        let changes = compare_releases(&releases, self.policy);
        let [old, .., new] = &inputs[..] else { unreachable!("`check` demands two schemas") };
        let changes = match self.gate.judge(changes, new.newest.as_ref()) {
            Ok(changes) => changes,
            Err(text) => {
                eprintln!("qapi-gen: {text}");
                return ExitCode::from(report::UNUSABLE);
            }
        };
        let sides = Sides { old: old.side(), new: new.side() };
        let style = Style { colour: manner.colour, all: self.all };
        let text = match self.format {
            Format::Human => human(&changes, &sides, style),
            Format::Json => json(&changes, &sides),
            Format::Markdown => markdown(&changes, &sides, style),
            Format::Github => github(&changes, &sides, style),
            Format::Sarif => sarif(&changes, &sides),
            Format::Junit => junit(&changes, &sides),
        };
        if !manner.quiet
            && let Err(error) = report::print(&text)
        {
            return report::unusable(Path::new("standard output"), "write", error);
        }
        let passes = changes.passes(self.gate.fail_on());
        ExitCode::from(if passes { report::SUCCESS } else { report::REFUSED })
    }

    /// All schemas, the oldest first. If one cannot be read, prints the reason to standard error.
    fn inputs(&self, manner: Manner) -> Option<Vec<Input>> {
        let tagged = self.schemas.last().filter(|_| self.against_tag);
        let tagged = tagged.map(|new| Input::open_tagged(new, manner));
        let named = self.schemas.iter().map(|schema| Input::open(schema, manner));
        let asked = self.live.as_deref().map(Input::ask);
        tagged.into_iter().chain(named).chain(asked).collect()
    }

    /// What clap cannot check.
    fn check(&self) -> Result<(), String> {
        match (self.schemas.len(), &self.live) {
            (1, None) if !self.against_tag => {
                Err("name a second schema, <NEW>, or a server with --live <SOCKET>".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Evaluates the conditions of schema files if the user sets defines, or if only some of the schemas are answers.
    fn decide(&self, inputs: Vec<Input>, manner: Manner) -> Vec<Input> {
        let note = |text: &str| {
            if !manner.quiet {
                eprintln!("qapi-gen: note: {text}");
            }
        };
        let defines = super::named(&self.define);
        let asks = |define: &str| inputs.iter().any(|input| input.asks_for(define));
        for define in defines.iter().filter(|define| !asks(define)) {
            note(&format!("no condition of either schema asks for '{define}'"));
        }
        let answered = |input: &Input| input.wire.knowledge == Knowledge::Answer;
        let mixed = inputs.iter().any(answered) && !inputs.iter().all(answered);
        if mixed && defines.is_empty() && inputs.iter().any(Input::has_conditions) {
            note(
                "an answer has no conditions, so those of the schema count as unset; \
                 name the set ones with --define",
            );
        }
        if !mixed && defines.is_empty() {
            return inputs;
        }
        inputs.into_iter().map(|input| input.decide(&defines)).collect()
    }
}
