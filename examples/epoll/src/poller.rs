//! Waits for descriptors, by epoll.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use qapi_runtime::monitor::driver::Interest;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;

/// How many descriptors one wait tells of; the others follow with the next.
const BATCH: usize = 64;

/// An epoll, level-triggered: what is not dealt with is told again.
pub(crate) struct Poller(OwnedFd);

/// A descriptor that is ready.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ready {
    /// Whose it is.
    pub(crate) token: u64,
    /// There is room for output.
    pub(crate) write: bool,
    /// Both directions are closed, or the connection is broken. It is told whatever was asked for.
    pub(crate) hung_up: bool,
}

impl Poller {
    pub(crate) fn new() -> io::Result<Poller> {
        Ok(Poller(epoll::create(CreateFlags::CLOEXEC)?))
    }

    pub(crate) fn add(&self, fd: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        Ok(epoll::add(&self.0, fd, EventData::new_u64(token), flags(interest))?)
    }

    pub(crate) fn change(&self, fd: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        Ok(epoll::modify(&self.0, fd, EventData::new_u64(token), flags(interest))?)
    }

    pub(crate) fn remove(&self, fd: impl AsFd) {
        // It fails only when it is not there.
        let _ = epoll::delete(&self.0, fd);
    }

    /// Waits until a descriptor is ready, or the time is over.
    pub(crate) fn wait(&self, limit: Option<Duration>) -> io::Result<Vec<Ready>> {
        // A wait too long to be expressed may as well have no end.
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        let mut events = Vec::with_capacity(BATCH);
        match epoll::wait(&self.0, rustix::buffer::spare_capacity(&mut events), limit.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(events.iter().map(ready).collect())
    }
}

fn flags(interest: Interest) -> EventFlags {
    let mut flags = EventFlags::empty();
    flags.set(EventFlags::IN, interest.read);
    flags.set(EventFlags::OUT, interest.write);
    flags
}

fn ready(event: &epoll::Event) -> Ready {
    let (token, flags) = (event.data.u64(), event.flags);
    Ready {
        token,
        write: flags.contains(EventFlags::OUT),
        hung_up: flags.intersects(EventFlags::HUP | EventFlags::ERR),
    }
}
