//! The command line.

use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;

const USAGE: &str =
    "usage: roles [--rate COMMANDS-A-SECOND] [--audit-arguments] [--admin PATH --observer PATH]";

/// How the daemon runs.
#[derive(Debug)]
pub(crate) struct Options {
    /// Where each role connects. Without paths the sockets come from systemd.
    pub(crate) paths: Option<Paths>,
    /// How many commands a session may send a second.
    pub(crate) rate: u32,
    /// Whether the audit log includes arguments. They may be secrets.
    pub(crate) audit_arguments: bool,
}

#[derive(Debug)]
pub(crate) struct Paths {
    pub(crate) admin: PathBuf,
    pub(crate) observer: PathBuf,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = OsString>) -> Result<Options, Box<dyn Error>> {
        let (mut admin, mut observer) = (None, None);
        let (mut rate, mut audit_arguments) = (100, false);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(USAGE);
            match argument.to_str() {
                Some("--admin") => admin = Some(PathBuf::from(value()?)),
                Some("--observer") => observer = Some(PathBuf::from(value()?)),
                Some("--rate") => rate = value()?.to_string_lossy().parse()?,
                Some("--audit-arguments") => audit_arguments = true,
                _ => return Err(USAGE.into()),
            }
        }
        let paths = match (admin, observer) {
            (Some(admin), Some(observer)) => Some(Paths { admin, observer }),
            (None, None) => None,
            _ => return Err(USAGE.into()),
        };
        Ok(Options { paths, rate, audit_arguments })
    }
}
