//! Builds and runs `examples/hotplug` as a reader would: with the schema of the QEMU that is there.

use super::tally::Tally;
use super::{command, succeed};
use crate::{Failure, workspace};
use qapi_test_support::server::{self, Server};
use qapi_test_support::user;
use std::path::Path;

/// The machine that the example needs, see its first lines.
const MACHINE: [&str; 2] = ["-device", "virtio-scsi-pci"];

/// The size of the disk: larger than what a job copies at once, and not a multiple of it.
const SIZE: usize = (5 << 20) + 512;

pub(super) fn run(tally: &mut Tally) -> Result<(), Failure> {
    let folder = workspace::target().join("hotplug");
    copy_package(&folder.join("package"))?;
    let generator = workspace::build("qapi-gen", "qapi-gen")?;
    let qemu = server::qemu().ok_or("there is no QEMU")?;
    hold(&folder, &generator, &qemu)?;
    match server::old_qemu() {
        Some(program) => hold(&folder, &generator, &program),
        None => {
            tally.skip("examples/hotplug with an older QEMU", "QAPI_QEMU_OLD names none");
            Ok(())
        }
    }
}

/// Copies the package out of the workspace, as its readers do for a start.
fn copy_package(to: &Path) -> Result<(), Failure> {
    let from = workspace::root().join("examples/hotplug");
    let mut files = Vec::new();
    for path in ["Cargo.toml", "build.rs", "src/main.rs", "src/disk.rs", "src/job.rs"] {
        // What is beside the example is in the clone for its copy.
        files.push((path, workspace::read(&from.join(path))?.replace("\"../../", "\"../qapi/")));
    }
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    user::write_package(to, &files);
    Ok(())
}

/// Imports the schema of a QEMU, builds the example, and runs it on that QEMU.
fn hold(folder: &Path, generator: &Path, program: &Path) -> Result<(), Failure> {
    let mut machine = Server::qemu(program, &MACHINE);
    drop(machine.connect());
    let package = folder.join("package");
    let mut import = command(&generator.to_string_lossy());
    import.args(["import", "--live"]).arg(machine.socket()).arg("-o").arg(package.join("qemu.json"));
    succeed(&mut import)?;

    let mut build = workspace::cargo(&package);
    build.args(["clippy", "--quiet", "--", "-D", "warnings"]).env("CARGO_TARGET_DIR", folder.join("target"));
    succeed(&mut build)?;
    let [image, copy] = ["disk.img", "copy.img"].map(|name| machine.folder().join(name));
    let written: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8).collect();
    std::fs::write(&image, &written)?;
    let mut run = workspace::cargo(&package);
    run.args(["run", "--quiet", "--"]).arg(machine.socket()).args([&image, &copy]);
    succeed(run.env("CARGO_TARGET_DIR", folder.join("target")))?;
    if std::fs::read(&copy)? != written {
        return Err(format!("{}: the copy differs from the disk", program.display()).into());
    }
    Ok(())
}
