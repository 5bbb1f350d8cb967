//! The worker of `cargo xtask fuzz`: runs one target in a process that may be killed.

mod guard;
mod work;

use clap::{Parser, Subcommand};
use qapi_fuzz::Target;
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs a fuzz target; meant for `cargo xtask fuzz`.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Change inputs and run them until the time is over
    Run(work::Options),
    /// Run the contents of a file once
    Once {
        /// The target
        target: String,
        /// The file
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run(options) => work::run(&options),
        Command::Once { target, file } => once(&target, &file),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn once(target: &str, file: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let target = find(target)?;
    let input = std::fs::read(file)?;
    let guard = guard::Guard::start(target.limit, guard::MEMORY);
    guard.begin();
    guard::catch(target, &input).map(drop).map_err(|panic| {
        println!("{panic}");
        std::process::exit(guard::PANIC)
    })
}

fn find(name: &str) -> Result<&'static Target, String> {
    Target::find(name).ok_or_else(|| {
        let names: Vec<_> = qapi_fuzz::TARGETS.iter().map(|target| target.name).collect();
        format!("there is no target '{name}'; there are {}", names.join(", "))
    })
}
