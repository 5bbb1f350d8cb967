//! `cargo xtask bench`: us and a peer side by side, in one run, alternating.

mod build;
mod client;
mod compile;
mod diff;
mod generate;
mod growth;
mod measure;
mod packages;
mod peers;
mod python;
mod report;
mod scratch;
mod server;
mod synthetic;

use crate::{Failure, workspace};
use clap::{Args, ValueEnum};
use report::Report;
use std::path::PathBuf;

/// Measure us and a peer side by side.
///
/// Prints medians and ratios; a peer that is not there is said to be missing. Figures of one machine mean nothing on another:
/// look at the ratios.
#[derive(Args)]
pub(crate) struct Options {
    /// What to measure; everything when left out
    #[arg(value_enum)]
    which: Vec<Which>,
    /// A QEMU source tree, or its qapi and scripts folders: for its generator, and for the schema
    #[arg(long, value_name = "DIR")]
    qemu: Option<PathBuf>,
    /// What runs QEMU's generator
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: PathBuf,
    /// The system emulator that answers beside our server
    #[arg(long, value_name = "PROGRAM", default_value = "qemu-system-x86_64")]
    qemu_system: PathBuf,
    /// How often each is run
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// How long each load runs
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    seconds: u64,
    /// Leave out what compiles a crate once more for a peer
    #[arg(long)]
    no_crates: bool,
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Generating code: time and memory, and how they grow
    Generate,
    /// Compiling generated code
    Compile,
    /// Building from nothing, with all dependencies
    Build,
    /// A server: commands a second, events, memory of a session
    Server,
    /// A thousand clients in one process: memory and time
    Client,
    /// Comparing two schemas, and how that grows
    Diff,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let mut report = Report::default();
    let wants = |which| options.which.is_empty() || options.which.contains(&which);
    if wants(Which::Generate) {
        generate::run(options, &mut report)?;
    }
    if wants(Which::Diff) {
        diff::run(options, &mut report)?;
    }
    if wants(Which::Compile) {
        compile::run(options, &mut report)?;
    }
    if wants(Which::Build) {
        build::run(options, &mut report)?;
    }
    if wants(Which::Server) {
        server::run(options, &mut report)?;
    }
    if wants(Which::Client) {
        client::run(options, &mut report)?;
    }
    if options.json {
        report.print_json()
    } else {
        report.print_table()
    }
    Ok(())
}

impl Options {
    /// QEMU's schema: of the tree that was named, or of the conformance data.
    fn schema(&self) -> Result<PathBuf, Failure> {
        let tree = match &self.qemu {
            Some(tree) => tree.clone(),
            None => workspace::conformance_data().join("qemu-10.0.2"),
        };
        let schema = tree.join("qapi/qapi-schema.json");
        if schema.is_file() { Ok(schema) } else { Err(format!("{}: no such file", schema.display()).into()) }
    }
}
