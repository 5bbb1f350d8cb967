//! Sockets that systemd, or a program with its protocol, has opened for this process.
//!
//! The protocol is that of `sd_listen_fds_with_names(3)`: `LISTEN_PID` is the process that the sockets are for,
//! `LISTEN_FDS` says how many there are, from descriptor 3 on, and `LISTEN_FDNAMES` has their names between colons.
//!
//! Safe Rust cannot turn a number into an owned descriptor. The crate `listenfd` does, and removes the variables from
//! the environment, so that no second owner of the descriptors can be made.

use listenfd::ListenFd;
use std::env::{self, VarError};
use std::io;
use std::os::fd::OwnedFd;

/// The name of a socket for which the environment has none. systemd uses the same word.
const UNKNOWN: &str = "unknown";

/// Takes the sockets with their names, in order. Empty when the environment passes none to this process.
pub(super) fn take() -> io::Result<Vec<(String, OwnedFd)>> {
    let get = |name: &str| match env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(malformed(name)),
    };
    let (pid, count, names) = (get("LISTEN_PID")?, get("LISTEN_FDS")?, get("LISTEN_FDNAMES")?);
    let own = std::process::id();
    let Some(count) = count_for(own, pid.as_deref(), count.as_deref())? else { return Ok(Vec::new()) };
    let names = names_of(count, names.as_deref());
    let mut passed = ListenFd::from_env();
    let take =
        |(index, name): (usize, String)| take_one(&mut passed, index, &name).map(|socket| (name, socket));
    names.into_iter().enumerate().map(take).collect()
}

/// How many sockets are passed to the process `own`, if any are.
fn count_for(own: u32, pid: Option<&str>, count: Option<&str>) -> io::Result<Option<usize>> {
    /// More descriptors than any process has.
    const MOST: usize = 1 << 20;
    // Both are missing when no sockets are passed, or when they have been taken already.
    let (Some(pid), Some(count)) = (pid, count) else { return Ok(None) };
    let pid: u32 = pid.parse().map_err(|_| malformed("LISTEN_PID"))?;
    if pid != own {
        // Inherited from the parent process, which they were meant for.
        return Ok(None);
    }
    let count: usize = count.parse().map_err(|_| malformed("LISTEN_FDS"))?;
    if count > MOST { Err(malformed("LISTEN_FDS")) } else { Ok(Some(count)) }
}

fn names_of(count: usize, names: Option<&str>) -> Vec<String> {
    let given = names.unwrap_or_default().split(':');
    let given = given.map(|name| if name.is_empty() { UNKNOWN } else { name });
    given.chain(std::iter::repeat(UNKNOWN)).take(count).map(str::to_owned).collect()
}

fn take_one(passed: &mut ListenFd, index: usize, name: &str) -> io::Result<OwnedFd> {
    // When `listenfd` refuses a descriptor, it keeps it, so that the second try can take it.
    let unix = passed.take_unix_listener(index).map(|socket| socket.map(OwnedFd::from));
    let taken = unix.or_else(|_| passed.take_tcp_listener(index).map(|socket| socket.map(OwnedFd::from)));
    match taken {
        Ok(Some(socket)) => Ok(socket),
        Ok(None) => Err(malformed("LISTEN_FDS")),
        Err(error) => {
            let text = format!("socket {index} of LISTEN_FDS ({name}) is no stream socket of Unix or TCP");
            Err(io::Error::new(error.kind(), text))
        }
    }
}

fn malformed(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the environment variable {name} is malformed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_for_this_process_counts() {
        assert_eq!(count_for(7, Some("7"), Some("2")).expect("well-formed"), Some(2));
        assert_eq!(count_for(7, Some("7"), Some("0")).expect("well-formed"), Some(0));
        for (pid, count) in [(Some("8"), Some("2")), (None, Some("2")), (Some("7"), None), (None, None)] {
            assert_eq!(count_for(7, pid, count).expect("well-formed"), None);
        }
        // Others' variables may say what they like.
        assert_eq!(count_for(7, Some("8"), Some("many")).expect("not ours"), None);
        for (pid, count, name) in
            [("", "1", "PID"), ("7", "", "FDS"), ("7", "-1", "FDS"), ("7", "2000000", "FDS")]
        {
            let error = count_for(7, Some(pid), Some(count)).expect_err("malformed");
            assert_eq!(error.to_string(), format!("the environment variable LISTEN_{name} is malformed"));
        }
    }

    #[test]
    fn sockets_without_a_name_are_unknown() {
        assert_eq!(names_of(2, Some("a:b")), ["a", "b"]);
        assert_eq!(names_of(3, Some("a::")), ["a", "unknown", "unknown"]);
        assert_eq!(names_of(2, Some("a")), ["a", "unknown"]);
        assert_eq!(names_of(1, Some("a:b")), ["a"]);
        assert_eq!(names_of(1, None), ["unknown"]);
    }
}
