//! Comparing two schemas.

use super::generate::{SIZES, grown, program, synthetic_file};
use super::measure::{alternate, once};
use super::report::{Report, Unit};
use super::{Options, scratch};
use crate::{Failure, workspace};
use std::process::Command;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let program = program("--release")?;
    if let Ok(schema) = options.schema() {
        let mut run = || once(Command::new(&program).arg("diff").arg(&schema).arg(&schema), true);
        let median = alternate(options.rounds, &mut [&mut run])?[0];
        report.figure("diff, QEMU's schema with itself", median.seconds, Unit::Seconds, None);
        report.figure("diff, QEMU's schema with itself, memory", median.megabytes, Unit::Megabytes, None);
    }
    let mut first = None;
    for times in SIZES {
        let old = synthetic_file(times)?;
        let text = workspace::read(&old)?;
        // Every block changes a little: a member more, and a value less.
        let new =
            text.replace("'value': 'int',", "'value': 'int', '*more': 'int',").replace(", 'four' ]", " ]");
        let new = new.replace("# @four:", "# @one:");
        let path = scratch::folder().join(format!("synthetic-{times}-changed.json"));
        workspace::write(&path, &new)?;
        let mut run = || once(Command::new(&program).arg("diff").arg(&old).arg(&path), true);
        let rounds = if times > 10 { 1 } else { options.rounds };
        let median = alternate(rounds, &mut [&mut run])?[0];
        grown(report, "diff, synthetic schema", times, &mut first, median);
    }
    Ok(())
}
