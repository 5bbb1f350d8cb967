//! By poll, where there is no epoll: each wait looks at all who wait.

use crate::sync::lock;
use crate::transport::socket;
use rustix::event::{PollFd, PollFlags};
use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

pub(in super::super) struct Watch {
    bell: UnixStream,
    blocked: Mutex<BTreeMap<u64, Weak<OwnedFd>>>,
}

impl Watch {
    /// Nothing to wait for yet but `bell`, which is rung by input.
    pub(in super::super) fn new(bell: UnixStream) -> io::Result<Watch> {
        Ok(Watch { bell, blocked: Mutex::default() })
    }

    /// Waits for room in this socket, too, until it is told. Returns whether the waiting thread has to be woken.
    pub(in super::super) fn watch(&self, session: u64, socket: &Arc<OwnedFd>) -> io::Result<bool> {
        lock(&self.blocked).insert(session, Arc::downgrade(socket));
        Ok(true)
    }

    /// Waits for room, the bell, or the end of the time; returns the sessions with room.
    pub(in super::super) fn wait(&self, limit: Option<Duration>) -> io::Result<Vec<u64>> {
        let blocked: Vec<(u64, Arc<OwnedFd>)> = {
            let mut blocked = lock(&self.blocked);
            blocked.retain(|_, socket| socket.strong_count() > 0);
            let there = blocked.iter().filter_map(|(session, socket)| Some((*session, socket.upgrade()?)));
            there.collect()
        };
        let mut descriptors = vec![socket::readable(&self.bell)];
        descriptors.extend(blocked.iter().map(|(_, socket)| PollFd::new(&**socket, PollFlags::OUT)));
        socket::wait(&mut descriptors, limit)?;
        let sessions = blocked.iter().map(|(session, _)| *session);
        let ready = sessions.zip(&descriptors[1..]).filter(|(_, descriptor)| socket::is_ready(descriptor));
        let ready: Vec<u64> = ready.map(|(session, _)| session).collect();
        // Taken out before they are told: whoever is blocked again comes back.
        let mut blocked = lock(&self.blocked);
        for session in &ready {
            blocked.remove(session);
        }
        drop(blocked);
        Ok(ready)
    }
}
