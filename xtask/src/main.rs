//! Chores of the workspace: `cargo xtask COMMAND`, one file a command.

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

/// Chores of the workspace.
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
    /// Run every check that this machine can run, and say what was left out
    Ci(ci::Options),
    /// Measure us and a peer side by side
    Bench(bench::Options),
    /// Look for inputs that make the compiler or the runtime panic, hang, or eat all memory
    Fuzz(fuzz::Options),
    /// Have clients of all kinds come and go, and check that nothing is lost and nothing is left
    Soak(soak::Options),
    /// Look for schedules of threads in which the runtime hangs or loses something
    Schedules(schedules::Options),
    /// Simulate a whole server, and find the schedule that breaks it
    Simulate(simulate::Options),
    /// Check that no dependency asks for a newer Rust than the package that needs it states
    Msrv,
}

/// Why a command failed, in words.
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
