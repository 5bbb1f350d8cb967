//! Runs the README's first command, as a reader would.

use super::command;
use crate::{Failure, workspace};

/// The text that it has to print.
const PRINTED: [&str; 2] =
    [r#""event": "GUEST_PANICKED", "data": {"action": "run""#, r#""event": "SHUTDOWN""#];

pub(super) fn run() -> Result<(), Failure> {
    let readme = workspace::read(&workspace::root().join("README.md"))?;
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
