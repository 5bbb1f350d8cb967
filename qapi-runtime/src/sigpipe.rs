//! Writes to a peer that has gone fail, and raise no signal.

use rustix::net::SendFlags;

/// Prevents SIGPIPE when the peer has gone. Apple's systems lack the flag; Rust programs ignore the signal by default.
#[cfg(not(target_vendor = "apple"))]
pub(crate) const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;
#[cfg(target_vendor = "apple")]
pub(crate) const NO_SIGNAL: SendFlags = SendFlags::empty();
