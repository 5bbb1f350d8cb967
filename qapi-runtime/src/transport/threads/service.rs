//! The thread that writes what clients did not take at once, and sends events that were held back.

use super::drive;
use crate::monitor::{Inner, Monitor};
use crate::sync::lock;
use crate::transport::socket;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::Duration;

pub(super) struct Service {
    /// A byte in here wakes the thread.
    bell: UnixStream,
    /// Sessions with output left, and where it goes.
    blocked: Mutex<BTreeMap<u64, Arc<OwnedFd>>>,
}

impl Service {
    pub(super) fn start(monitor: Weak<Inner>) -> io::Result<Arc<Service>> {
        let (bell, rung) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        rung.set_nonblocking(true)?;
        let service = Arc::new(Service { bell, blocked: Mutex::default() });
        let own = Arc::clone(&service);
        thread::Builder::new().name("qmp-service".into()).spawn(move || own.serve(&monitor, &rung))?;
        Ok(service)
    }

    pub(super) fn wake(&self) {
        // When it is full, the thread is awake already.
        let _ = (&self.bell).write(&[0]);
    }

    /// Has the session's output written when there is room.
    pub(super) fn watch(&self, session: u64, socket: Arc<OwnedFd>) {
        lock(&self.blocked).insert(session, socket);
        self.wake();
    }

    fn serve(&self, monitor: &Weak<Inner>, rung: &UnixStream) {
        loop {
            let limit = {
                let Some(inner) = monitor.upgrade() else { return };
                let deadline = inner.events.next_deadline();
                deadline.map(|at| at.saturating_sub(inner.events.clock().now().monotonic))
            };
            let ready = match self.poll(rung, limit) {
                Ok(ready) => ready,
                Err(error) => {
                    tracing::error!(%error, "cannot wait for clients");
                    // Better late output than a loop that eats the processor.
                    thread::sleep(Duration::from_millis(100));
                    continue;
                }
            };
            // Only wakes, which carry no message.
            let mut bin = [0; 64];
            let _ = { rung }.read(&mut bin);
            let Some(inner) = monitor.upgrade() else { return };
            let monitor = Monitor(inner);
            monitor.advance(monitor.clock().now());
            for session in ready {
                // Taken out first: when it is blocked again, it comes back.
                lock(&self.blocked).remove(&session);
                if let Some(connection) = monitor.connection(session) {
                    drive::flush(&connection);
                }
            }
        }
    }

    /// Waits for a wake, the time limit, or room for a session; returns the sessions with room.
    fn poll(&self, rung: &UnixStream, limit: Option<Duration>) -> io::Result<Vec<u64>> {
        let blocked: Vec<(u64, Arc<OwnedFd>)> =
            lock(&self.blocked).iter().map(|(session, socket)| (*session, Arc::clone(socket))).collect();
        let mut descriptors = vec![socket::readable(rung)];
        descriptors.extend(blocked.iter().map(|(_, socket)| socket::writable(&**socket)));
        socket::wait(&mut descriptors, limit)?;
        let sessions = blocked.iter().map(|(session, _)| *session);
        let ready = sessions.zip(&descriptors[1..]).filter(|(_, descriptor)| socket::is_ready(descriptor));
        Ok(ready.map(|(session, _)| session).collect())
    }
}
