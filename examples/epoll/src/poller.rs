//! Waits for descriptors, by epoll.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use qapi_runtime::monitor::driver::Interest;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;

/// How many descriptors one wait reports; the next wait reports the others.
const BATCH: usize = 64;

/// A level-triggered epoll: a descriptor that stays ready is reported again.
pub(crate) struct Poller(OwnedFd);

/// A descriptor that is ready.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ready {
    /// The token that the descriptor was added with.
    pub(crate) token: u64,
    /// The descriptor is writable.
    pub(crate) write: bool,
    /// Both directions are closed, or the connection is broken. epoll reports this whatever the interest.
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
        // Fails only when the descriptor is not registered.
        let _ = epoll::delete(&self.0, fd);
    }

    /// Waits until a descriptor is ready, or `limit` has passed.
    pub(crate) fn wait(&self, limit: Option<Duration>) -> io::Result<Vec<Ready>> {
        // A limit that `Timespec` cannot express is as good as none.
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
