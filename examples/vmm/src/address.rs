//! The address of a monitor or a guest script: the DEV of an option.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

/// Where clients connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// The process's own standard input and output.
    Stdio,
    /// A Unix socket to listen on.
    Unix(PathBuf),
    /// A TCP socket on the loopback interface to listen on.
    Tcp(SocketAddr),
}

/// Where a guest's script comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file to read.
    File(PathBuf),
    /// The writer of standard input, or the clients of a socket.
    Peer(Address),
}

/// Why a DEV is refused.
#[derive(Debug)]
pub(crate) enum BadAddress {
    UnknownKind(String),
    NoPath,
    NoSuchHost(String, std::io::Error),
    NotLoopback(SocketAddr),
    UnknownSetting(String),
}

impl fmt::Display for BadAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKind(dev) => write!(
                out,
                "'{dev}' is no place for a monitor, expected stdio, unix:PATH or tcp:127.0.0.1:PORT"
            ),
            Self::NoPath => write!(out, "the path is missing after 'unix:'"),
            Self::NoSuchHost(host, error) => write!(out, "'{host}': {error}"),
            Self::NotLoopback(address) => write!(
                out,
                "'{address}' can be reached from other hosts and the protocol has no passwords, expected an \
                 address of this host such as 127.0.0.1"
            ),
            Self::UnknownSetting(setting) => {
                write!(out, "'{setting}' is not supported, expected server=on or wait=off")
            }
        }
    }
}

impl Address {
    /// Parses the DEV of a monitor.
    pub(crate) fn of_monitor(dev: &str) -> Result<Self, BadAddress> {
        if dev == "stdio" {
            return Ok(Self::Stdio);
        }
        match Self::of_listener(dev) {
            Some(parsed) => parsed,
            None => Err(BadAddress::UnknownKind(dev.to_owned())),
        }
    }

    /// Parses `unix:PATH[,SETTING...]` and `tcp:HOST:PORT[,SETTING...]`.
    fn of_listener(dev: &str) -> Option<Result<Self, BadAddress>> {
        let (kind, rest) = dev.split_once(':')?;
        let parse: fn(&str) -> Result<Self, BadAddress> = match kind {
            "unix" => |path| match path {
                "" => Err(BadAddress::NoPath),
                path => Ok(Self::Unix(path.into())),
            },
            "tcp" => loopback,
            _ => return None,
        };
        let (place, settings) = rest.split_once(',').unwrap_or((rest, ""));
        Some(check_settings(settings).and_then(|()| parse(place)))
    }
}

impl Source {
    /// Parses the DEV of a guest script.
    pub(crate) fn of_guest(dev: &str) -> Result<Self, BadAddress> {
        if matches!(dev, "stdio" | "-") {
            return Ok(Self::Peer(Address::Stdio));
        }
        match Address::of_listener(dev) {
            Some(parsed) => parsed.map(Self::Peer),
            None => Ok(Self::File(dev.into())),
        }
    }
}

fn loopback(host: &str) -> Result<Address, BadAddress> {
    let address = host
        .to_socket_addrs()
        .map_err(|error| BadAddress::NoSuchHost(host.to_owned(), error))?
        .next()
        .ok_or_else(|| {
            BadAddress::NoSuchHost(host.to_owned(), std::io::ErrorKind::AddrNotAvailable.into())
        })?;
    if address.ip().is_loopback() { Ok(Address::Tcp(address)) } else { Err(BadAddress::NotLoopback(address)) }
}

/// The process always listens and never waits for the first client, so it supports only the settings that ask for this.
fn check_settings(settings: &str) -> Result<(), BadAddress> {
    let known = |setting: &&str| matches!(*setting, "" | "server" | "server=on" | "nowait" | "wait=off");
    match settings.split(',').find(|setting| !known(setting)) {
        Some(setting) => Err(BadAddress::UnknownSetting(setting.to_owned())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_monitors() {
        let parse = |dev| Address::of_monitor(dev).map_err(|error| error.to_string());
        assert_eq!(parse("stdio"), Ok(Address::Stdio));
        assert_eq!(parse("unix:/tmp/s"), Ok(Address::Unix("/tmp/s".into())));
        assert_eq!(parse("unix:s,server=on,wait=off"), Ok(Address::Unix("s".into())));
        let tcp = Ok(Address::Tcp(SocketAddr::from(([127, 0, 0, 1], 4444))));
        assert_eq!(parse("tcp:127.0.0.1:4444,server=on,wait=off"), tcp);
    }

    #[test]
    fn refuses_what_it_cannot_do() {
        let message = |dev| Address::of_monitor(dev).unwrap_err().to_string();
        assert!(message("bogus").starts_with("'bogus' is no place for a monitor"));
        assert!(message("").starts_with("'' is no place for a monitor"));
        assert!(message("udp:127.0.0.1:1").starts_with("'udp:127.0.0.1:1' is no place"));
        assert_eq!(message("unix:"), "the path is missing after 'unix:'");
        assert!(message("unix:s,server=off").starts_with("'server=off' is not supported"));
        assert!(message("unix:s,wait=on").starts_with("'wait=on' is not supported"));
        assert!(message("tcp:192.0.2.1:4444").starts_with("'192.0.2.1:4444' can be reached"));
        assert!(message("tcp:127.0.0.1").starts_with("'127.0.0.1': "));
    }

    #[test]
    fn a_guest_may_be_a_file() {
        let parse = |dev| Source::of_guest(dev).map_err(|error| error.to_string());
        assert_eq!(parse("-"), Ok(Source::Peer(Address::Stdio)));
        assert_eq!(parse("stdio"), Ok(Source::Peer(Address::Stdio)));
        assert_eq!(parse("a/b.guest"), Ok(Source::File("a/b.guest".into())));
        assert_eq!(parse("c:d.guest"), Ok(Source::File("c:d.guest".into())));
        assert_eq!(parse("unix:s"), Ok(Source::Peer(Address::Unix("s".into()))));
    }
}
