//! `cargo xtask soak`: runs clients of all kinds on all transports at once, for a given time.

use crate::{Failure, workspace};
use clap::Args;

/// Connect clients on both transports at once, during floods of events: with and without out-of-band execution,
/// pipelining, leaving at any moment, or no longer reading.
///
/// Checks that every reply comes in order, and that all sessions, threads and descriptors are released at the end.
#[derive(Args)]
pub(crate) struct Options {
    /// How long to run
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    // A release build with the checks of a debug build.
    let mut cargo = workspace::cargo(workspace::root());
    cargo.args(["test", "--quiet", "--profile", "fuzz", "--package", "qapi-runtime", "--all-features"]);
    cargo.args(["--test", "soak", "--", "--ignored", "--nocapture"]);
    let status = cargo.env("QAPI_SOAK_SECONDS", options.seconds.to_string()).status()?;
    if status.success() { Ok(()) } else { Err("the soak has failed".into()) }
}
