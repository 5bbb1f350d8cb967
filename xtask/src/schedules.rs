//! `cargo xtask schedules`: tries schedules of the threads that serve a monitor; see `monitor/schedules.rs` of the
//! runtime.

use crate::{Failure, workspace};
use clap::Args;
use std::process::Stdio;

/// Search for thread schedules in which the runtime hangs, spins, or loses something.
///
/// The models run in a build of their own, in `target/shuttle`. A failure prints the schedule as a text for replay.
#[derive(Args)]
pub(crate) struct Options {
    /// Run only the models whose names contain this
    #[arg(default_value = "")]
    model: String,
    /// How many schedules to try for each model
    #[arg(long, value_name = "N", default_value_t = 3000)]
    count: usize,
    /// The seed: another number tries other schedules
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let output = workspace::cargo(workspace::root())
        .args(["test", "--release", "--package", "qapi-runtime", "--lib"])
        .args(["--no-default-features", "--features", "server,threads"])
        .arg("--target-dir")
        .arg(workspace::target().join("shuttle"))
        .arg(filter(&options.model))
        .args(["--", "--show-output"])
        // This build has no transports, so code that only they use is dead.
        .env("RUSTFLAGS", "--cfg shuttle --allow dead_code")
        .env("QAPI_SCHEDULES", options.count.to_string())
        .env("QAPI_SCHEDULES_SEED", options.seed.to_string())
        // Silences shuttle's one warning that it treats every atomic ordering as sequentially consistent.
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

/// The prefixes of test names: each model's name begins with that of its file.
fn filter(model: &str) -> String {
    let file = model.split('_').next().unwrap_or_default();
    if file.is_empty() {
        "monitor::schedules::".into()
    } else {
        format!("monitor::schedules::{file}::{model}")
    }
}

/// The number of schedules that a model reports.
fn count(line: &str) -> Option<usize> {
    line.strip_prefix("schedules ")?.split_once(": ")?.1.parse().ok()
}
