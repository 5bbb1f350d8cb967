//! `cargo xtask soak`: clients of all kinds on all transports at once, for as long as it is told.

use crate::{Failure, workspace};
use clap::Args;

/// Have clients with and without out-of-band execution, that pipeline, leave at any moment, or stop reading, come and go on
/// both transports at once, amid floods of events.
///
/// Checks that every reply comes in order, and that sessions, threads and descriptors are given back at the end.
#[derive(Args)]
pub(crate) struct Options {
    /// How long it runs
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    // With the checks of a debug build at the speed of a release.
    let mut cargo = workspace::cargo(workspace::root());
    cargo.args(["test", "--quiet", "--profile", "fuzz", "--package", "qapi-runtime", "--all-features"]);
    cargo.args(["--test", "soak", "--", "--ignored", "--nocapture"]);
    let status = cargo.env("QAPI_SOAK_SECONDS", options.seconds.to_string()).status()?;
    if status.success() { Ok(()) } else { Err("the soak has failed".into()) }
}
