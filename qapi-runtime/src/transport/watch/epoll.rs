//! By epoll: what one wait costs does not depend on how many are waited for.

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
    /// Kept open as long as it is waited for.
    _bell: UnixStream,
}

/// Stands for the bell; no session has this number.
const BELL: u64 = u64::MAX;

/// How many sessions one wait tells of; the others follow with the next.
const BATCH: usize = 64;

impl Watch {
    /// Nothing to wait for yet but `bell`, which is rung by input.
    pub(in crate::transport) fn new(bell: UnixStream) -> io::Result<Watch> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &bell, EventData::new_u64(BELL), EventFlags::IN)?;
        Ok(Watch { epoll, _bell: bell })
    }

    /// Waits until this socket has hung up, too, or has room if `room` is asked for; tells it once. Returns whether the
    /// waiting thread has to be woken.
    #[cfg(feature = "threads")]
    pub(in crate::transport) fn watch(
        &self,
        session: u64,
        socket: &Arc<OwnedFd>,
        room: bool,
    ) -> io::Result<bool> {
        let wanted = if room { EventFlags::OUT } else { EventFlags::empty() };
        let (data, once) = (EventData::new_u64(session), wanted | EventFlags::ONESHOT);
        match epoll::modify(&self.epoll, socket, data, once) {
            // The first time. The system forgets it when it is closed.
            Err(Errno::NOENT) => epoll::add(&self.epoll, socket, data, once)?,
            modified => modified?,
        }
        Ok(false)
    }

    /// Waits for room, the bell, or the end of the time; returns the sessions that have something to be told.
    pub(in crate::transport) fn wait(&self, limit: Option<Duration>) -> io::Result<Vec<u64>> {
        // A wait too long to be expressed may as well have no end.
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
