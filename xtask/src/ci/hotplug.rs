//! Builds and runs `examples/hotplug` as a reader would: with the schema of the QEMU that is there.

use super::tally::Tally;
use super::{command, succeed};
use crate::{Failure, workspace};
use qapi_test_support::server::{self, Server};
use qapi_test_support::user;
use std::path::Path;

/// The programs of the package: the same on standard threads and on tokio.
const PROGRAMS: [&str; 2] = ["hotplug", "asynchronous"];

/// The size of the disk: larger than what a job copies at once, and not a multiple of it.
const SIZE: usize = (5 << 20) + 512;

pub(super) fn run(tally: &mut Tally) -> Result<(), Failure> {
    let folder = workspace::target().join("hotplug");
    let package = folder.join("package");
    copy_package(&package)?;
    let generator = workspace::build("qapi-gen", "qapi-gen")?;
    let mut programs = vec![server::qemu().ok_or("there is no QEMU")?];
    match server::old_qemu() {
        Some(program) => programs.insert(0, program),
        None => tally.skip("examples/hotplug with an older QEMU", "QAPI_QEMU_OLD names none"),
    }

    // One client for all of them, by the merge of their schemas.
    let mut merge = command(&generator.to_string_lossy());
    merge.arg("merge").arg("-o").arg(package.join("qemu.json"));
    for (number, program) in programs.iter().enumerate() {
        let answer = folder.join(format!("qemu-{number}.json"));
        ask(&generator, program, &answer, &package.join("devices.json"))?;
        merge.arg(answer);
    }
    if programs.len() == 1 {
        std::fs::copy(folder.join("qemu-0.json"), package.join("qemu.json"))?;
    } else {
        succeed(&mut merge)?;
    }

    let mut build = workspace::cargo(&package);
    build.args(["clippy", "--quiet", "--", "-D", "warnings"]).env("CARGO_TARGET_DIR", folder.join("target"));
    succeed(&mut build)?;
    programs.iter().try_for_each(|program| hold(&folder, program))
}

/// Copies the package out of the workspace, as its readers do for a start.
fn copy_package(to: &Path) -> Result<(), Failure> {
    let from = workspace::root().join("examples/hotplug");
    let mut files = Vec::new();
    for path in ["Cargo.toml", "build.rs", "src/main.rs", "src/bin/asynchronous.rs"] {
        // What is beside the example is in the clone for its copy.
        files.push((path, workspace::read(&from.join(path))?.replace("\"../../", "\"../qapi/")));
    }
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    user::write_package(to, &files);
    Ok(())
}

/// Asks a QEMU for its schema and about its disk.
fn ask(generator: &Path, program: &Path, schema: &Path, devices: &Path) -> Result<(), Failure> {
    let mut machine = Server::qemu(program, &["-machine", "none"]);
    drop(machine.connect());
    let run = |arguments: &[&str], option: &str, to: &Path| {
        let mut command = command(&generator.to_string_lossy());
        succeed(command.args(arguments).arg("--live").arg(machine.socket()).arg(option).arg(to))
    };
    run(&["import"], "-o", schema)?;
    run(&["devices", "scsi-hd"], "--save", devices)
}

/// Runs the example's programs with this QEMU.
fn hold(folder: &Path, program: &Path) -> Result<(), Failure> {
    let files = tempfile::tempdir()?;
    let [image, copy] = ["disk.img", "copy.img"].map(|name| files.path().join(name));
    let written: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8).collect();
    for name in PROGRAMS {
        std::fs::write(&image, &written)?;
        let mut run = workspace::cargo(&folder.join("package"));
        run.args(["run", "--quiet", "--bin", name, "--"]).arg(program).args([&image, &copy]);
        succeed(run.env("CARGO_TARGET_DIR", folder.join("target")))?;
        if std::fs::read(&copy)? != written {
            return Err(format!("{name} with {}: the copy differs from the disk", program.display()).into());
        }
    }
    Ok(())
}
