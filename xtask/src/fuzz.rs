//! `cargo xtask fuzz`: runs fuzz targets in worker processes, and keeps the inputs that kill a worker.

mod find;
mod minimise;
mod worker;

use crate::{Failure, workspace};
use clap::Args;
use find::Found;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use worker::Worker;

/// Search for inputs that make a target panic, hang, or exhaust memory.
///
/// Each finding is minimised and written to `fuzz/corpus`, which `cargo test` replays.
#[derive(Args)]
pub(crate) struct Options {
    /// The target: parser, decode, session, schema, checker, emitter or keyval [default: all]
    target: Option<String>,
    /// How long to run each target
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// The seed for mutations [default: the time of day]
    #[arg(long)]
    seed: Option<u64>,
    /// Also add up to this many inputs with different kinds of answers to the corpus
    #[arg(long, value_name = "N", default_value_t = 0)]
    keep: usize,
    /// The folders of seeds besides the project's own [default: the conformance data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The targets, in the order in which they run.
const TARGETS: &[&str] = &["parser", "decode", "session", "schema", "checker", "emitter", "keyval"];

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let targets: Vec<&str> = match &options.target {
        Some(name) => vec![name],
        None => TARGETS.to_vec(),
    };
    let worker = worker::build()?;
    let mut found = 0;
    for target in targets {
        found += fuzz(&worker, target, options)?;
    }
    if found > 0 {
        Err(format!("{found} inputs were found and written to fuzz/corpus").into())
    } else {
        Ok(())
    }
}

/// Fuzzes one target. Returns the number of findings.
fn fuzz(worker: &Worker, target: &str, options: &Options) -> Result<usize, Failure> {
    let started = Instant::now();
    let time = Duration::from_secs(options.seconds);
    let mut seed = options.seed.unwrap_or_else(time_of_day);
    let data = options.data.clone().unwrap_or_else(workspace::conformance_data);
    let state = workspace::target().join("fuzz").join(target);
    let (mut executions, mut kinds, mut all) = (0, 0, Vec::<Found>::new());
    while let Some(left) = time.checked_sub(started.elapsed()).filter(|left| left.as_secs() > 0) {
        let run = worker.run(target, left.as_secs(), seed, &state, data.is_dir().then_some(&data))?;
        executions += run.executions;
        kinds = kinds.max(run.kinds);
        for found in find::collect(&state, run.end)? {
            if all.iter().all(|known| !known.is_like(&found)) {
                all.push(minimise::minimise(worker, target, found, &state)?);
            }
        }
        seed = seed.wrapping_add(1);
        // A target that dies of the same cause again and again would find nothing else.
        if all.len() > 20 {
            break;
        }
    }
    println!(
        "{target:8} {executions:>10} executions in {} s, {kinds} kinds of answers, {} found",
        started.elapsed().as_secs(),
        all.len()
    );
    for found in &all {
        let path = found.save(target)?;
        println!("         {}: {}", path.display(), found.reason);
    }
    find::keep(target, &state, options.keep)?;
    Ok(all.len())
}

fn time_of_day() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(1, |since| since.as_secs())
}
