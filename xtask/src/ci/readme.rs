//! Runs the README's commands, as a reader would.

use super::need::Need;
use super::tally::Tally;
use super::{command, succeed};
use crate::{Failure, workspace};

/// The text that the first command has to print.
const PRINTED: [&str; 2] =
    [r#""event": "GUEST_PANICKED", "data": {"action": "run""#, r#""event": "SHUTDOWN""#];

pub(super) fn run(tally: &mut Tally) -> Result<(), Failure> {
    let readme = workspace::read(&workspace::root().join("README.md"))?;
    drive_machine(&readme)?;
    match Need::Program("qemu-system-x86_64").missing() {
        None => import(&readme),
        Some(why) => {
            tally.skip("the README's import", &why);
            Ok(())
        }
    }
}

fn drive_machine(readme: &str) -> Result<(), Failure> {
    let line = readme.lines().map(str::trim).find(|line| line.starts_with("printf "));
    let line = line.ok_or("the README has no command that begins with printf")?;
    let output = command("bash").args(["-c", line]).stderr(std::process::Stdio::inherit()).output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    print!("{printed}");
    match PRINTED.iter().find(|text| !printed.contains(**text)) {
        None if output.status.success() => Ok(()),
        None => Err(format!("{line}: {}", output.status).into()),
        Some(text) => Err(format!("{line}: does not print {text}").into()),
    }
}

fn import(readme: &str) -> Result<(), Failure> {
    let block = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let block = block.into_iter().find(|block| block.contains(" import --live "));
    let block = block.ok_or("the README has no block of commands with import --live")?;
    // In the workspace, so that cargo finds it, but not among its files.
    let target = workspace::root().join("target");
    std::fs::create_dir_all(&target)?;
    let folder = tempfile::tempdir_in(target)?;
    // QEMU ends also after a command that failed.
    let script = format!("trap 'test ! -e qemu.pid || kill $(cat qemu.pid)' ERR\n{block}");
    succeed(command("bash").args(["-e", "-c", &script]).current_dir(&folder))?;
    match workspace::read(&folder.path().join("qemu.json"))?.contains("'command': 'device_add'") {
        true => Ok(()),
        false => Err(format!("{block}: the schema lacks commands").into()),
    }
}
