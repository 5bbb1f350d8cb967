//! `cargo xtask simulate`: a whole server in one thread, under every schedule that a seed gives.

use crate::{Failure, workspace};
use clap::Args;

/// Simulate a whole server in one thread: clients that come, go, dribble, flood and stop reading, handlers of all kinds,
/// time. Each world is made from a seed.
///
/// Checks the driver's promises after each step, and that nothing waits for ever. Then plants faults in the driver, each
/// of which has to be found within a thousand seeds.
#[derive(Args)]
pub(crate) struct Options {
    /// Replay this seed, with a line for each step
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    seed: Option<u64>,
    /// How many seeds are tried
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    seeds: u64,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    // With the checks of a debug build at the speed of a release.
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
