//! `cargo xtask schedules`: tries schedules of the threads that serve a monitor, see `monitor/schedules.rs` of the runtime.

use crate::{Failure, workspace};
use clap::Args;
use std::process::Stdio;

/// Look for schedules of threads in which the runtime hangs, spins, or loses something.
///
/// The models run in a build of their own, in `target/shuttle`. A failure tells the schedule as a text to be replayed.
#[derive(Args)]
pub(crate) struct Options {
    /// Only the models with this in their names
    #[arg(default_value = "")]
    model: String,
    /// How many schedules of each model are tried
    #[arg(long, value_name = "N", default_value_t = 3000)]
    count: usize,
    /// Where the choice of schedules begins: another number tries others
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let output = workspace::cargo(workspace::root())
        .args(["test", "--release", "--package", "qapi-runtime", "--no-default-features", "--lib"])
        .arg("--target-dir")
        .arg(workspace::target().join("shuttle"))
        .arg(filter(&options.model))
        .args(["--", "--show-output"])
        // This build has no transports, so what only they use is dead code.
        .env("RUSTFLAGS", "--cfg shuttle --allow dead_code")
        .env("QAPI_SCHEDULES", options.count.to_string())
        .env("QAPI_SCHEDULES_SEED", options.seed.to_string())
        // It says once that it takes every ordering of atomics for the strongest.
        .env("SHUTTLE_SILENCE_WARNINGS", "1")
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("{text}\na model failed").into());
    }
    let counts: Vec<usize> = text.lines().filter_map(count).collect();
    if counts.is_empty() {
        return Err(format!("no model has '{}' in its name", options.model).into());
    }
    println!("{} schedules of {} models, none fails", counts.iter().sum::<usize>(), counts.len());
    Ok(())
}

/// What the names of tests begin with: each model's name begins with the file's that it is in.
fn filter(model: &str) -> String {
    let file = model.split('_').next().unwrap_or_default();
    if file.is_empty() {
        "monitor::schedules::".into()
    } else {
        format!("monitor::schedules::{file}::{model}")
    }
}

/// How many schedules a model says that it has tried.
fn count(line: &str) -> Option<usize> {
    line.strip_prefix("schedules ")?.split_once(": ")?.1.parse().ok()
}
