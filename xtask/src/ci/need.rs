//! The requirements of checks besides Rust, and whether this machine has them.

use crate::workspace;
use std::path::Path;
use std::process::{Command, Stdio};

/// A requirement of a check.
#[derive(Clone, Copy, Debug)]
pub(super) enum Need {
    /// A cargo subcommand that is installed separately.
    Cargo(&'static str),
    /// A program in `PATH`.
    Program(&'static str),
    /// A program in `PATH` whose `--version` prints this.
    Version(&'static str, &'static str),
    /// An environment variable, which `.ci/install` sets.
    Variable(&'static str),
    /// A file or folder of the conformance data.
    Data(&'static str),
    /// The Rust version that a manifest declares.
    StatedRust(&'static str),
}

impl Need {
    /// The reason why the requirement is missing; `None` if it is met.
    pub(super) fn missing(self) -> Option<String> {
        match self {
            Self::Cargo(name) if !answers(workspace::cargo(workspace::root()).args([name, "--version"])) => {
                Some(format!("`cargo {name}` is not installed"))
            }
            Self::Program(name) if !answers(Command::new(name).arg("--version")) => {
                Some(format!("{name} is not installed"))
            }
            Self::Version(name, version) if !says(Command::new(name).arg("--version"), version) => {
                Some(format!("there is no {name}, {version}"))
            }
            Self::Variable(name) => match std::env::var_os(name) {
                None => Some(format!("{name} is not set, see .ci/install")),
                Some(value) if !Path::new(&value).exists() => {
                    Some(format!("{name} names what is not there: {}", value.display()))
                }
                Some(_) => None,
            },
            Self::Data(part) if !workspace::conformance_data().join(part).exists() => {
                Some(format!("{part} is not in the folder that QAPI_CONFORMANCE_DATA names"))
            }
            Self::StatedRust(manifest) => match stated_rust(manifest) {
                Some(version) if toolchain(&version).is_none() => {
                    Some(format!("rustup has no toolchain {version}"))
                }
                Some(_) => None,
                None => Some(format!("{manifest} states no rust-version")),
            },
            Self::Cargo(_) | Self::Program(_) | Self::Version(..) | Self::Data(_) => None,
        }
    }
}

/// Whether a program can be run and succeeds.
fn answers(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Whether a program can be run and prints this.
fn says(command: &mut Command, text: &str) -> bool {
    command.output().is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(text))
}

/// The `rust-version` of a manifest, which is a path in the workspace.
pub(super) fn stated_rust(manifest: &str) -> Option<String> {
    let manifest = workspace::read(&workspace::root().join(manifest)).ok()?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \""))?;
    Some(line.trim_end_matches('"').to_owned())
}

/// The installed toolchain of a version.
pub(super) fn toolchain(version: &str) -> Option<String> {
    let output = Command::new("rustup").args(["toolchain", "list"]).output().ok()?;
    let list = String::from_utf8_lossy(&output.stdout);
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    let mut of_version = names.filter(|name| {
        name.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    });
    of_version.next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ci::checks;

    #[test]
    fn what_is_not_here_is_named() {
        assert_eq!(Need::Program("cargo").missing(), None);
        assert!(Need::Cargo("nosuch").missing().is_some_and(|why| why.contains("cargo nosuch")));
        assert!(
            Need::Program("qapi-no-such-program").missing().is_some_and(|why| why.contains("not installed"))
        );
        assert_eq!(Need::Version("bash", "bash").missing(), None);
        assert!(Need::Version("bash", "version 0.").missing().is_some_and(|why| why.contains("version 0.")));
        assert!(Need::Variable("QAPI_NO_SUCH_VARIABLE").missing().is_some_and(|why| why.contains("not set")));
        assert!(Need::Data("no/such/data").missing().is_some_and(|why| why.contains("no/such/data")));
    }

    #[test]
    fn the_stated_version_is_found() {
        for manifest in [checks::WORKSPACE, checks::RUNTIME] {
            assert!(stated_rust(manifest).is_some_and(|version| version.starts_with("1.")));
        }
        assert_eq!(toolchain("0.1"), None);
    }
}
