//! Tasks of the workspace: `cargo xtask COMMAND`, with one file for each command.

mod bench;
mod ci;
mod conformance;
mod fuzz;
mod msrv;
mod regen;
mod schedules;
mod simulate;
mod soak;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Tasks of the workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Rewrite the checked-in generated code and the snapshots
    Regen(regen::Options),
    /// Compare the compiler with QEMU's own test cases, schemas and introspection
    Conformance(conformance::Options),
    /// Run every check that this machine can run, and list the skipped ones
    Ci(ci::Options),
    /// Measure this project and its peers side by side
    Bench(bench::Options),
    /// Search for inputs that make the compiler or the runtime panic, hang, or exhaust memory
    Fuzz(fuzz::Options),
    /// Connect and disconnect clients of all kinds, and check for lost replies and leaked resources
    Soak(soak::Options),
    /// Search for thread schedules in which the runtime hangs or loses something
    Schedules(schedules::Options),
    /// Simulate a whole server, and search for a schedule that breaks it
    Simulate(simulate::Options),
    /// Check that no dependency needs a newer Rust than its dependent declares
    Msrv,
}

/// The reason why a command failed.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Regen(options) => regen::run(&options),
        Command::Conformance(options) => conformance::run(&options),
        Command::Ci(options) => ci::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Soak(options) => soak::run(&options),
        Command::Schedules(options) => schedules::run(&options),
        Command::Simulate(options) => simulate::run(&options),
        Command::Msrv => msrv::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
