//! Comparing two schemas.

use super::generate::program;
use super::measure::{alternate, once};
use super::report::{Report, Unit};
use super::{Options, growth};
use crate::Failure;
use std::path::Path;
use std::process::Command;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let program = program("--release")?;
    if let Ok(schema) = options.schema() {
        let mut run = || once(Command::new(&program).arg("diff").arg(&schema).arg(&schema), true);
        let median = alternate(options.rounds, &mut [&mut run])?[0];
        report.figure("diff, QEMU's schema with itself", median.seconds, Unit::Seconds, None);
        report.figure("diff, QEMU's schema with itself, memory", median.megabytes, Unit::Megabytes, None);
    }
    let mut growth = growth::Program::new("diff, synthetic schema");
    for times in growth::SIZES {
        let (old, new) = (growth::synthetic_file(times, false)?, growth::synthetic_file(times, true)?);
        check(&program, &new)?;
        // The command fails if a change breaks clients.
        let mut run = || once(Command::new(&program).arg("diff").arg(&old).arg(&new), true);
        let median = alternate(growth::rounds(times, options.rounds), &mut [&mut run])?[0];
        growth.add(report, times, median);
    }
    Ok(())
}

/// Makes sure that the comparison really runs: one that fails early would be fast.
fn check(program: &Path, schema: &Path) -> Result<(), Failure> {
    once(Command::new(program).arg("check").arg("--quiet").arg(schema), false).map(drop)
}
