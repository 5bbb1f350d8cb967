//! `cargo xtask bench`: measures this project and its peers in one run, in turn.

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

/// Measure this project and its peers side by side.
///
/// Prints medians and ratios, and names missing peers. Figures of one machine mean nothing on another: compare the
/// ratios.
#[derive(Args)]
pub(crate) struct Options {
    /// What to measure [default: everything]
    #[arg(value_enum)]
    which: Vec<Which>,
    /// A QEMU source tree, or its qapi and scripts folders: for QEMU's generator and schema
    #[arg(long, value_name = "DIR")]
    qemu: Option<PathBuf>,
    /// The Python that runs QEMU's generator
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: PathBuf,
    /// The QEMU system emulator to measure beside our server
    #[arg(long, value_name = "PROGRAM", default_value = "qemu-system-x86_64")]
    qemu_system: PathBuf,
    /// How often to run each measurement
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// How long to run each load
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    seconds: u64,
    /// Skip the measurements that compile a crate again for a peer
    #[arg(long)]
    no_crates: bool,
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Generating code: time and memory, and their growth
    Generate,
    /// Compiling generated code
    Compile,
    /// Building from scratch, with all dependencies
    Build,
    /// A server: commands per second, events, memory per session
    Server,
    /// A thousand clients in one process: memory and time
    Client,
    /// Comparing two schemas: time, and its growth
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
    /// QEMU's schema: from the given tree, or from the conformance data.
    fn schema(&self) -> Result<PathBuf, Failure> {
        let tree = match &self.qemu {
            Some(tree) => tree.clone(),
            None => workspace::conformance_data().join("qemu-10.0.2"),
        };
        let schema = tree.join("qapi/qapi-schema.json");
        if schema.is_file() { Ok(schema) } else { Err(format!("{}: no such file", schema.display()).into()) }
    }
}
