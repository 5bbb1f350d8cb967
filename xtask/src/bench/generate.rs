//! Generating code: beside QEMU's own generator, and for schemas of growing size.

use super::measure::{alternate, once};
use super::python::Generator;
use super::report::{Report, Row, Target, Unit};
use super::scratch::{self, Package, Parts, Profile, dependency};
use super::{Options, growth};
use crate::{Failure, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let (release, dev) = (program("--release")?, program("--profile=dev")?);
    beside_qemu(options, report, &release, &dev)?;
    growth(options, report, &release)
}

/// Our command, built with this profile.
pub(super) fn program(profile: &str) -> Result<PathBuf, Failure> {
    let mut cargo = workspace::cargo(workspace::root());
    let status = cargo.args(["build", "--quiet", "--package", "qapi-gen", profile]).status()?;
    if !status.success() {
        return Err("qapi-gen does not build".into());
    }
    let folder = if profile == "--release" { "release" } else { "debug" };
    Ok(workspace::target().join(folder).join("qapi-gen"))
}

/// A program like a build script: our library, not optimised, with a build script's features.
fn build_script() -> Result<PathBuf, Failure> {
    let main = "fn main() -> Result<(), qapi_gen::Error> {\n    \
                let mut arguments = std::env::args().skip(1);\n    \
                let mut next = || arguments.next().expect(\"an argument\");\n    \
                qapi_gen::Builder::new().out_dir(next()).compile(next())\n}\n";
    let manifest = format!("[dependencies]\n{}", dependency("qapi-gen", ""));
    let files = [("src/main.rs", main.to_owned())];
    Package::write(&Parts { name: "bench-script", manifest, files: &files })?.prepare(Profile::Dev)?;
    Ok(scratch::built().join("debug/bench-script"))
}

fn beside_qemu(options: &Options, report: &mut Report, release: &Path, dev: &Path) -> Result<(), Failure> {
    let schema = options.schema()?;
    let out = scratch::folder().join("generated");
    std::fs::create_dir_all(&out)?;
    let script = build_script()?;
    let peer = Generator::find(options).and_then(|peer| {
        // QEMU's generator may refuse the schema, or this version of Python.
        peer.run(&schema, &out)?;
        Ok(peer)
    });
    if let Err(error) = &peer {
        report.skip("qapi-gen.py", error.to_string());
    }
    let ours = |program: &Path, more: &[&str]| {
        let mut command = Command::new(program);
        command.args(["generate", "--quiet"]).args(more).arg(&schema);
        once(command.arg("--output").arg(absent(&out, "ours.rs")), false)
    };
    let mut plain = || ours(release, &["--no-format"]);
    let mut formatted = || ours(release, &[]);
    let mut scripted = || {
        let folder = absent(&out, "script");
        std::fs::create_dir_all(&folder)?;
        once(Command::new(&script).arg(folder).arg(&schema), false)
    };
    let mut unoptimised = || ours(dev, &[]);
    let mut checked = || once(Command::new(release).args(["check", "--quiet"]).arg(&schema), false);
    let mut theirs = || peer.as_ref().map_err(|_| "there is no peer")?.run(&schema, &out);
    let mut runs: Vec<&mut dyn FnMut() -> Result<_, Failure>> =
        vec![&mut plain, &mut formatted, &mut scripted, &mut unoptimised, &mut checked];
    if peer.is_ok() {
        runs.push(&mut theirs);
    }
    let medians = alternate(options.rounds, &mut runs)?;
    let theirs = medians.get(5);
    let seconds = [
        ("generate, not formatted, release", Some(12.0)),
        ("generate, formatted, release", Some(6.0)),
        ("generate, default output, build script not optimised", Some(1.0)),
        ("generate, formatted, command not optimised", None),
        ("check, release", None),
    ];
    for ((what, target), ours) in seconds.into_iter().zip(&medians) {
        let peer = theirs.map(|peer| ("qapi-gen.py", peer.seconds));
        let target = target.map(Target::Ratio);
        report.add(Row { what: what.to_owned(), ours: ours.seconds, peer, unit: Unit::Seconds, target });
    }
    for ((what, _), ours) in seconds.into_iter().zip(&medians).take(3) {
        let peer = theirs.map(|peer| ("qapi-gen.py", peer.megabytes));
        let target = what.ends_with("release").then_some(Target::AtMost(45.0));
        let what = format!("{what}, memory");
        report.add(Row { what, ours: ours.megabytes, peer, unit: Unit::Megabytes, target });
    }
    Ok(())
}

/// A file or folder that does not exist, as our output. We do not write unchanged files, and replacing a file waits for
/// the disk.
fn absent(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    // It may be a folder, a file, or not exist.
    let _ = std::fs::remove_dir_all(&path);
    let _ = std::fs::remove_file(&path);
    path
}

fn growth(options: &Options, report: &mut Report, program: &Path) -> Result<(), Failure> {
    for (what, arguments) in [
        ("check", ["check", "--quiet"].as_slice()),
        ("generate", &["generate", "--quiet", "--no-format", "--output"]),
    ] {
        let mut growth = growth::Program::new(&format!("{what}, synthetic schema"));
        for times in growth::SIZES {
            let schema = growth::synthetic_file(times, false)?;
            let mut run = || {
                let mut command = Command::new(program);
                command.args(arguments);
                if what == "generate" {
                    command.arg(scratch::folder().join("synthetic.rs"));
                }
                once(command.arg(&schema), false)
            };
            let median = alternate(growth::rounds(times, options.rounds), &mut [&mut run])?[0];
            growth.add(report, times, median);
        }
    }
    Ok(())
}
