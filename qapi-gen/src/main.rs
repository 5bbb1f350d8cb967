//! The `qapi-gen` command.
//!
//! Exit status: 0 for success, 1 for a schema that is refused, 2 for wrong usage and files that cannot be
//! read or written.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
