//! `cargo xtask ci`: runs every check that this machine can run, and lists the skipped ones.
//!
//! The list of checks is [`steps`]. `.ci/run` and the forge's workflow install what the checks need and call this.

mod checks;
mod hotplug;
mod need;
mod published;
mod readme;
mod steps;
mod tally;

use crate::{Failure, workspace};
use clap::Args;
use std::time::Instant;
use steps::Step;
use tally::Tally;

/// Run all checks that a change has to pass, as far as this machine has their requirements.
///
/// A check that cannot run is skipped, and named at the end. A check that fails does not stop the others.
#[derive(Args)]
pub(crate) struct Options {
    /// Run only these checks [default: all]
    #[arg(value_name = "CHECK")]
    only: Vec<String>,
    /// List the checks, and whether they can run here
    #[arg(long)]
    list: bool,
    /// Fail if a check is skipped
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let steps = chosen(&options.only)?;
    if options.list {
        for step in &steps {
            let here = step.missing().map_or(String::new(), |why| format!(" (not here: {why})"));
            println!("{:<18} {}{here}", step.name, step.title);
        }
        return Ok(());
    }
    let started = Instant::now();
    let mut tally = Tally::default();
    let (mut failed, mut left_out) = (Vec::new(), Vec::new());
    for step in &steps {
        println!("\n=== {} (after {} s)", step.title, started.elapsed().as_secs());
        if let Some(why) = step.missing() {
            println!("left out: {why}");
            left_out.push(format!("{}: {why}", step.title));
        } else if let Err(failure) = (step.run)(&mut tally) {
            println!("FAILED: {failure}");
            failed.push(format!("{} ({})", step.title, step.name));
        }
    }
    println!("\n=== Done (after {} s)", started.elapsed().as_secs());
    tally.print_skipped();
    for step in &left_out {
        println!("LEFT OUT: {step}");
    }
    for step in &failed {
        println!("FAILED: {step}");
    }
    println!("{} checks ran, {} left out", steps.len() - left_out.len(), left_out.len());
    println!("{tally}");
    if !failed.is_empty() {
        Err(format!("{} of {} checks failed", failed.len(), steps.len()).into())
    } else if options.all && !left_out.is_empty() {
        Err(format!("{} checks were left out", left_out.len()).into())
    } else {
        Ok(())
    }
}

/// The steps with these names, in the order of the list; all if `names` is empty.
fn chosen(names: &[String]) -> Result<Vec<&'static Step>, Failure> {
    if let Some(unknown) = names.iter().find(|name| steps::STEPS.iter().all(|step| step.name != **name)) {
        return Err(format!("there is no check {unknown}: `cargo xtask ci --list` prints them").into());
    }
    let is_chosen = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    Ok(steps::STEPS.iter().filter(is_chosen).collect())
}

/// A command in the folder of the workspace: a program and its arguments.
fn command(program: &str) -> std::process::Command {
    if program == "cargo" {
        return workspace::cargo(workspace::root());
    }
    let mut command = std::process::Command::new(program);
    command.current_dir(workspace::root());
    command
}

/// Runs a command; its failure is the check's failure.
fn succeed(command: &mut std::process::Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| format!("{}: {error}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", shown(command)).into()) }
}

/// A command as text.
fn shown(command: &std::process::Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    std::iter::once(command.get_program().to_string_lossy()).chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<&str> = steps::STEPS.iter().map(|step| step.name).collect();
        assert_eq!(names.len(), steps::STEPS.len());
    }

    #[test]
    fn an_unknown_name_is_refused_and_others_keep_their_order() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(chosen(&names(&["nosuch"])).is_err());
        let found = chosen(&names(&["clippy", "format"])).expect("both are there");
        assert_eq!(found.iter().map(|step| step.name).collect::<Vec<_>>(), ["format", "clippy"]);
        assert_eq!(chosen(&[]).expect("all").len(), steps::STEPS.len());
    }
}
