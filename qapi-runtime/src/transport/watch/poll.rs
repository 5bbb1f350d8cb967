//! With poll, for systems without epoll: each wait passes all sockets to the kernel.

use crate::sync::{Mutex, lock};
use crate::transport::socket;
use rustix::event::{PollFd, PollFlags};
use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Weak};
use std::time::Duration;

pub(in crate::transport) struct Watch {
    bell: UnixStream,
    watched: Mutex<BTreeMap<u64, (Weak<OwnedFd>, PollFlags)>>,
}

impl Watch {
    /// Watches only `bell` at first, which is rung by input.
    pub(in crate::transport) fn new(bell: UnixStream) -> io::Result<Watch> {
        Ok(Watch { bell, watched: Mutex::default() })
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
        let wanted = if room { PollFlags::OUT } else { PollFlags::empty() };
        lock(&self.watched).insert(session, (Arc::downgrade(socket), wanted));
        Ok(true)
    }

    /// Waits for a watched socket, the bell, or the end of `limit`. Returns the sessions whose sockets are ready.
    pub(in crate::transport) fn wait(&self, limit: Option<Duration>) -> io::Result<Vec<u64>> {
        let watched: Vec<(u64, Arc<OwnedFd>, PollFlags)> = {
            let mut watched = lock(&self.watched);
            watched.retain(|_, (socket, _)| socket.strong_count() > 0);
            let there = watched
                .iter()
                .filter_map(|(session, (socket, wanted))| Some((*session, socket.upgrade()?, *wanted)));
            there.collect()
        };
        let mut descriptors = vec![socket::readable(&self.bell)];
        descriptors.extend(watched.iter().map(|(_, socket, wanted)| PollFd::new(&**socket, *wanted)));
        socket::wait(&mut descriptors, limit)?;
        let sessions = watched.iter().map(|(session, _, _)| *session);
        let ready = sessions.zip(&descriptors[1..]).filter(|(_, descriptor)| socket::is_ready(descriptor));
        let ready: Vec<u64> = ready.map(|(session, _)| session).collect();
        // Removed before they are reported: the client adds its socket again if it needs to.
        let mut watched = lock(&self.watched);
        for session in &ready {
            watched.remove(session);
        }
        drop(watched);
        Ok(ready)
    }
}
