//! Growth of time and memory with the size of the input.

use super::measure::Sample;
use super::report::{Report, Target, Unit};
use super::{scratch, synthetic};
use crate::{Failure, workspace};
use std::path::PathBuf;

/// The sizes of synthetic schemas, as multiples of QEMU's.
pub(super) const SIZES: [usize; 3] = [1, 10, 100];

/// The factor over linear growth that still counts as linear: a tenth may be noise.
const LINEAR: Target = Target::AtMost(1.1);

/// A synthetic schema as a file, as it was or changed.
pub(super) fn synthetic_file(times: usize, changed: bool) -> Result<PathBuf, Failure> {
    let name = if changed { "changed" } else { "synthetic" };
    let path = scratch::folder().join(format!("{name}-{times}.json"));
    workspace::write(&path, &synthetic::schema(times, changed))?;
    Ok(path)
}

/// The largest is run less often: it takes a hundred times as long, so noise disturbs it less.
pub(super) fn rounds(times: usize, rounds: usize) -> usize {
    if times > 10 { rounds.min(1) } else { rounds }
}

/// One figure, measured at growing sizes.
pub(super) struct Growth {
    what: String,
    unit: Unit,
    /// The previous size and figure, to compare with the next.
    last: Option<(f64, f64)>,
}

impl Growth {
    pub(super) fn new(what: impl Into<String>, unit: Unit) -> Growth {
        Growth { what: what.into(), unit, last: None }
    }

    /// Reports the figure for one size, beside the figure that linear growth from the previous size would give.
    pub(super) fn add(&mut self, report: &mut Report, size: f64, name: &str, figure: f64) {
        let what = &self.what;
        report.figure(format!("{what}, {name}"), figure, self.unit, None);
        if let Some((last_size, last)) = self.last.replace((size, figure)) {
            let against = figure / last / (size / last_size);
            report.figure(
                format!("{what}, {name}, against linear growth"),
                against,
                Unit::Times,
                Some(LINEAR),
            );
        }
    }
}

/// Time and memory of a program at growing sizes.
pub(super) struct Program(Growth, Growth);

impl Program {
    pub(super) fn new(what: &str) -> Program {
        let memory = Growth::new(format!("{what}, memory"), Unit::Megabytes);
        Program(Growth::new(format!("{what}, time"), Unit::Seconds), memory)
    }

    pub(super) fn add(&mut self, report: &mut Report, times: usize, sample: Sample) {
        let (size, name) = (times as f64, format!("{times}x"));
        self.0.add(report, size, &name, sample.seconds);
        self.1.add(report, size, &name, sample.megabytes);
    }
}
