//! Reports what was read from a client's socket to its link.

use super::socket::{self, Received};
use crate::File;
use crate::monitor::driver::Link;
use std::io;
use std::os::fd::AsFd;

/// Reports the result of a read to the link.
pub(super) fn tell(
    link: &Link,
    socket: impl AsFd,
    received: io::Result<Received>,
    buffer: &[u8],
    files: Vec<File>,
) {
    match received {
        Ok(Received { bytes: 0, .. }) if socket::has_hung_up(socket) => link.leave(),
        Ok(Received { bytes: 0, .. }) => link.end_input(),
        Ok(Received { bytes, truncated: true }) => link.receive_truncated(&buffer[..bytes], files),
        Ok(Received { bytes, truncated: false }) => link.receive(&buffer[..bytes], files),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
        Err(error) => {
            tracing::debug!(session = link.number(), %error, "client cannot be read from");
            link.leave();
        }
    }
}
