//! With epoll: the cost of a wait does not depend on the number of sockets.

use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
#[cfg(feature = "threads")]
use std::sync::Arc;
use std::time::Duration;

pub(in crate::transport) struct Watch {
    epoll: OwnedFd,
    /// Kept open for as long as the epoll instance watches it.
    _bell: UnixStream,
}

/// Marks the bell; no session has this number.
const BELL: u64 = u64::MAX;

/// How many sessions one wait reports; the next wait reports the others.
const BATCH: usize = 64;

impl Watch {
    /// Watches only `bell` at first, which is rung by input.
    pub(in crate::transport) fn new(bell: UnixStream) -> io::Result<Watch> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &bell, EventData::new_u64(BELL), EventFlags::IN)?;
        Ok(Watch { epoll, _bell: bell })
    }

    /// Watches this socket until it has hung up or, if `room`, has room for output. Reports it once. Returns whether
    /// the waiting thread must be woken to notice the change.
    #[cfg(feature = "threads")]
    pub(in crate::transport) fn watch(
        &self,
        session: u64,
        socket: &Arc<OwnedFd>,
        room: bool,
    ) -> io::Result<bool> {
        let wanted = if room { EventFlags::OUT } else { EventFlags::empty() };
        // One-shot: otherwise every wait would report a socket that has hung up, until its session has ended.
        let (data, once) = (EventData::new_u64(session), wanted | EventFlags::ONESHOT);
        match epoll::modify(&self.epoll, socket, data, once) {
            // The first time. The kernel removes the socket when it is closed.
            Err(Errno::NOENT) => epoll::add(&self.epoll, socket, data, once)?,
            modified => modified?,
        }
        Ok(false)
    }

    /// Waits for a watched socket, the bell, or the end of `limit`. Returns the sessions whose sockets are ready.
    pub(in crate::transport) fn wait(&self, limit: Option<Duration>) -> io::Result<Vec<u64>> {
        // A limit too long for a `timespec` is as good as none.
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        let mut events = Vec::with_capacity(BATCH);
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), limit.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let told = events.iter().map(|event| event.data.u64());
        Ok(told.filter(|session| *session != BELL).collect())
    }
}
