//! `cargo xtask simulate`: runs a whole server in one thread, under the schedules of many seeds.

use crate::{Failure, workspace};
use clap::Args;

/// Simulate a whole server in one thread: time, handlers of all kinds, and clients that connect, leave, send byte by
/// byte, flood and stop reading. Each simulation is derived from a seed.
///
/// Checks the driver's invariants after each step, and that nothing waits forever. Then injects faults into the driver,
/// each of which has to be found within a thousand seeds.
#[derive(Args)]
pub(crate) struct Options {
    /// Replay this seed, with a line for each step
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    seed: Option<u64>,
    /// How many seeds to try
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    seeds: u64,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    // A release build with the checks of a debug build.
    let mut cargo = workspace::cargo(workspace::root());
    cargo.args([
        "test",
        "--quiet",
        "--profile",
        "fuzz",
        "--package",
        "qapi-runtime",
        "--all-features",
        "--lib",
    ]);
    cargo.args(["monitor::driver::simulation", "--", "--include-ignored", "--nocapture"]);
    match options.seed {
        Some(seed) => cargo.env("QAPI_SIMULATION_SEED", seed.to_string()),
        None => cargo.env("QAPI_SIMULATION_SEEDS", options.seeds.to_string()),
    };
    if cargo.status()?.success() { Ok(()) } else { Err("the simulation has found something".into()) }
}
