//! Processes that end when the program that started them ends.

use crate::client::{ProcessError, ProcessErrorKind};
use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, Stdio};

/// The program of util-linux that sets the signal for the parent's death, and then executes another program.
const SETPRIV: &str = "setpriv";

/// A command for `program` whose process is killed when the calling program ends, however that ends. For
/// [`Starting`](super::Starting).
///
/// On Linux, `setpriv --pdeathsig` of util-linux does it, if it is there. Otherwise it takes QEMU's own option
/// `-run-with exit-with-parent=on`, which QEMU has since 10.2. To know, it runs each with `--help`.
///
/// The kernel counts the end of the thread that started the process as the parent's end: `Process::start` uses a thread
/// of its own, which lasts as long as the `Process`. A program with file capabilities or the set-user-ID bit loses the
/// signal. A program that is killed before its new process has set the signal is not noticed.
///
/// ```no_run
/// use qapi_runtime::client::process::{Starting, dying_with_parent};
///
/// let mut command = dying_with_parent("qemu-system-x86_64")?;
/// command.args(["-machine", "none"]);
/// let starting = Starting::qemu(command);
/// # Ok::<(), qapi_runtime::client::ProcessError>(())
/// ```
///
/// # Errors
///
/// Neither is there ([`ProcessErrorKind::OutlivesParent`]), or `program` cannot be started.
pub fn dying_with_parent(program: impl AsRef<OsStr>) -> Result<Command, ProcessError> {
    with(OsStr::new(SETPRIV), program.as_ref())
}

fn with(setpriv: &OsStr, program: &OsStr) -> Result<Command, ProcessError> {
    if help(setpriv).is_ok_and(|text| text.contains("--pdeathsig")) {
        let mut command = Command::new(setpriv);
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        return Ok(command);
    }
    let error = |kind| ProcessError::new(program.to_string_lossy().into_owned(), kind);
    let text = help(program).map_err(|reason| error(ProcessErrorKind::Start(reason)))?;
    if !text.contains("exit-with-parent=") {
        return Err(error(ProcessErrorKind::OutlivesParent));
    }
    let mut command = Command::new(program);
    command.args(["-run-with", "exit-with-parent=on"]);
    Ok(command)
}

fn help(program: &OsStr) -> io::Result<String> {
    let output = Command::new(program).arg("--help").stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The name of the program that a command runs in the end.
pub(super) fn program_of(command: &Command) -> String {
    let mut program: OsString = command.get_program().to_owned();
    if program == SETPRIV {
        if let Some(executed) = command.get_args().skip_while(|argument| *argument != "--").nth(1) {
            program = executed.to_owned();
        }
    }
    program.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};

    /// A program whose `--help` says this.
    fn program(folder: &Path, name: &str, help: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\necho '{help}'\n")).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its mode");
        path
    }

    fn words(command: &Command) -> Vec<String> {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        words.map(|word| word.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn it_takes_what_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let make = |name, help| program(folder.path(), name, help).into_os_string();
        let setpriv = make("setpriv", " --pdeathsig keep|clear|<signame>");
        let busybox = make("busybox", "Usage: setpriv [OPTIONS]");
        let old = make("old", "-run-with [async-teardown=on|off][,chroot=dir]");
        let new = make("new", "-run-with [async-teardown=on|off][,exit-with-parent=on|off]");

        let command = with(&setpriv, &old).expect("setpriv is there");
        assert_eq!(words(&command)[1..], ["--pdeathsig", "KILL", "--", &old.to_string_lossy()]);
        for setpriv in [&busybox, OsStr::new("/no/such/program")] {
            let command = with(setpriv, &new).expect("it has an option");
            assert_eq!(words(&command), [&*new.to_string_lossy(), "-run-with", "exit-with-parent=on"]);
            let error = with(setpriv, &old).expect_err("nothing is there");
            assert!(matches!(error.kind, ProcessErrorKind::OutlivesParent), "{error}");
        }
        let error = with(&busybox, OsStr::new("/no/such/program")).expect_err("it cannot be started");
        assert!(matches!(error.kind, ProcessErrorKind::Start(_)), "{error}");
    }

    #[test]
    fn errors_name_the_program_and_not_the_one_before_it() {
        let mut command = Command::new(SETPRIV);
        command.args(["--pdeathsig", "KILL", "--", "qemu", "-S"]);
        assert_eq!(program_of(&command), "qemu");
        assert_eq!(program_of(&Command::new("qemu")), "qemu");
    }
}
