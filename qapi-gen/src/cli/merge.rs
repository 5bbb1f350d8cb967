//! `qapi-gen merge`: one schema for several servers.

use super::manner::Manner;
use super::report;
use clap::Args;
use qapi_gen::stages::compose::Layout;
use qapi_gen::stages::merge::{MergeError, Preferences};
use qapi_gen::stages::{Peer, PeersError, merge_peers};
use std::path::PathBuf;
use std::process::ExitCode;

/// Make one schema of several, for a client of servers of different versions
///
/// The merged schema describes what any of the servers may send, and what each of them takes. A member is mandatory only
/// if it is so in all schemas. The documentation says which schemas know a part.
#[derive(Args)]
#[command(after_help = super::EXIT_STATUS)]
pub(super) struct Merge {
    /// A schema file or a saved answer to query-qmp-schema, the oldest version first. LABEL is its name in the
    /// documentation [default: the version of the QEMU source tree around it, otherwise the file's name]
    #[arg(required = true, num_args = 2.., value_name = "[LABEL=]SCHEMA")]
    schemas: Vec<String>,
    /// At a place where the schemas cannot be joined, follow this one; may be repeated
    #[arg(long, value_name = "PLACE=LABEL", value_parser = preference)]
    prefer: Vec<(String, String)>,
    /// Where to write the schema: a file, a folder (an existing one, or a path that ends with `/`) for one file per
    /// module, or `-` for standard output
    #[arg(short, long, value_name = "FILE|DIR/")]
    output: PathBuf,
}

fn preference(text: &str) -> Result<(String, String), String> {
    // A place may contain `=`, a label seldom does.
    let (place, label) = text.rsplit_once('=').ok_or("expected PLACE=LABEL")?;
    Ok((place.to_owned(), label.to_owned()))
}

impl Merge {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        let peers: Vec<Peer> = self.schemas.iter().map(|text| Peer::parse(text)).collect();
        let mut preferences = Preferences::new();
        for (place, label) in self.prefer {
            if let Some(other) = preferences.insert(place.clone(), label.clone()) {
                eprintln!("qapi-gen: {place} cannot follow both {other} and {label}");
                return ExitCode::from(report::UNUSABLE);
            }
        }
        let layout = Layout::of_output(&self.output);
        let merged = match merge_peers(&peers, &preferences, layout) {
            Ok((merged, _)) => merged,
            Err(error) => return refuse(&error, manner),
        };
        if let Err(status) = report::write_schema(&merged.files, layout, &self.output) {
            return status;
        }
        if !manner.quiet {
            eprint!("{}", merged.summary);
        }
        ExitCode::SUCCESS
    }
}

fn refuse(error: &PeersError, manner: Manner) -> ExitCode {
    if let PeersError::Schema(failure) = error {
        let human = report::Format::Human;
        report::diagnostics(&failure.diagnostics, &failure.sources, human, manner);
        return ExitCode::from(report::status(&failure.diagnostics));
    }
    eprintln!("qapi-gen: {error}");
    if let Some((place, label)) = error.preference() {
        eprintln!("help: follow one of the schemas there, as with --prefer '{place}={label}'");
    }
    let is_unusable = matches!(
        error,
        PeersError::Read(..) | PeersError::Label(_) | PeersError::Merge(MergeError::Preference(_))
    );
    ExitCode::from(if is_unusable { report::UNUSABLE } else { report::REFUSED })
}
