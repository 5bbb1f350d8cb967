//! Generating code: beside QEMU's own generator, and for schemas of growing size.

use super::measure::{alternate, once};
use super::report::{Report, Row, Unit};
use super::{Options, scratch, synthetic};
use crate::{Failure, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let (release, dev) = (program("--release")?, program("--profile=dev")?);
    beside_qemu(options, report, &release, &dev)?;
    growth(options, report, &release)
}

/// Our command, built in this profile.
pub(super) fn program(profile: &str) -> Result<PathBuf, Failure> {
    let mut cargo = workspace::cargo(workspace::root());
    let status = cargo.args(["build", "--quiet", "--package", "qapi-gen", profile]).status()?;
    if !status.success() {
        return Err("qapi-gen does not build".into());
    }
    let folder = if profile == "--release" { "release" } else { "debug" };
    Ok(workspace::target().join(folder).join("qapi-gen"))
}

fn beside_qemu(options: &Options, report: &mut Report, release: &Path, dev: &Path) -> Result<(), Failure> {
    let schema = options.schema()?;
    let out = scratch::folder().join("generated");
    std::fs::create_dir_all(&out)?;
    let ours = |program: &Path, more: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(["generate", "--quiet"])
            .args(more)
            .arg(&schema)
            .arg("--output")
            .arg(out.join("ours.rs"));
        once(&mut command, false)
    };
    let peer =
        options.qemu.as_ref().map(|tree| tree.join("scripts/qapi-gen.py")).filter(|path| path.is_file());
    let mut runs: Vec<&mut dyn FnMut() -> Result<_, Failure>> = Vec::new();
    let mut plain = || ours(release, &["--no-format"]);
    let mut formatted = || ours(release, &[]);
    let mut unoptimised = || ours(dev, &[]);
    let mut checked = || once(Command::new(release).args(["check", "--quiet"]).arg(&schema), false);
    let mut theirs = || {
        let script = peer.as_ref().ok_or("there is no peer")?;
        once(Command::new("python3").arg(script).arg("-o").arg(&out).arg(&schema), false)
    };
    runs.push(&mut plain);
    runs.push(&mut formatted);
    runs.push(&mut unoptimised);
    runs.push(&mut checked);
    if peer.is_some() {
        runs.push(&mut theirs);
    } else {
        report.skip("qapi-gen.py", "name a full QEMU source tree with --qemu");
    }
    let medians = alternate(options.rounds, &mut runs)?;
    let theirs = medians.get(4);
    let labels = [
        ("generate, not formatted, release", Some(12.0)),
        ("generate, formatted, release", Some(6.0)),
        ("generate, formatted, not optimised", Some(1.0)),
        ("check, release", None),
    ];
    for ((what, target), ours) in labels.into_iter().zip(&medians) {
        let peer = theirs.map(|peer| ("qapi-gen.py", peer.seconds));
        // The target is a ratio, which a figure alone cannot be measured against.
        let target = target.filter(|_| peer.is_some());
        report.add(Row { what: what.to_owned(), ours: ours.seconds, peer, unit: Unit::Seconds, target });
    }
    for (what, ours) in [("not formatted", medians[0]), ("formatted", medians[1])] {
        let peer = theirs.map(|peer| ("qapi-gen.py", peer.megabytes));
        let target = None;
        let what = format!("memory of generate, {what}, release (45 MB at most)");
        report.add(Row { what, ours: ours.megabytes, peer, unit: Unit::Megabytes, target });
    }
    Ok(())
}

/// The sizes of synthetic schemas, as multiples of QEMU's.
pub(super) const SIZES: [usize; 3] = [1, 10, 100];

/// A synthetic schema as a file.
pub(super) fn synthetic_file(times: usize) -> Result<PathBuf, Failure> {
    let path = scratch::folder().join(format!("synthetic-{times}.json"));
    workspace::write(&path, &synthetic::schema(times))?;
    Ok(path)
}

fn growth(options: &Options, report: &mut Report, program: &Path) -> Result<(), Failure> {
    for (what, arguments) in [
        ("check", ["check", "--quiet"].as_slice()),
        ("generate", &["generate", "--quiet", "--no-format", "--output"]),
    ] {
        let mut first = None;
        for times in SIZES {
            let schema = synthetic_file(times)?;
            let mut run = || {
                let mut command = Command::new(program);
                command.args(arguments);
                if what == "generate" {
                    command.arg(scratch::folder().join("synthetic.rs"));
                }
                once(command.arg(&schema), false)
            };
            let rounds = if times > 10 { 1 } else { options.rounds };
            let median = alternate(rounds, &mut [&mut run])?[0];
            grown(report, &format!("{what}, synthetic schema"), times, &mut first, median);
        }
    }
    Ok(())
}

/// Reports one size: the time, and by how much more than linear time and memory grew since the first size.
pub(super) fn grown(
    report: &mut Report,
    what: &str,
    times: usize,
    first: &mut Option<super::measure::Sample>,
    now: super::measure::Sample,
) {
    report.figure(format!("{what} {times}x"), now.seconds, Unit::Seconds, None);
    report.figure(format!("{what} {times}x, memory"), now.megabytes, Unit::Megabytes, None);
    match first {
        None => *first = Some(now),
        Some(first) => {
            let time = now.seconds / first.seconds / times as f64;
            let memory = now.megabytes / first.megabytes / times as f64;
            report.figure(
                format!("{what} {times}x, time against linear growth"),
                time,
                Unit::Times,
                Some(1.0),
            );
            report.figure(
                format!("{what} {times}x, memory against linear growth"),
                memory,
                Unit::Times,
                Some(1.0),
            );
        }
    }
}
