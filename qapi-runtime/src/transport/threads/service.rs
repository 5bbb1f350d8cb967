//! The thread that writes what clients did not take at once, replies that were held for too long, and events that were
//! held back.

use super::drive;
use super::watch::Watch;
use crate::event::Held;
use crate::monitor::{Inner, Monitor};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

pub(super) struct Service {
    /// A byte in here wakes the thread.
    bell: UnixStream,
    /// Sessions with output left, and where it goes.
    blocked: Watch,
    /// Sessions with replies held while a command runs.
    pub(super) held: Held,
}

impl Service {
    pub(super) fn start(monitor: Weak<Inner>) -> io::Result<Arc<Service>> {
        let (bell, rung) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        rung.set_nonblocking(true)?;
        let blocked = Watch::new(rung.try_clone()?)?;
        let service = Arc::new(Service { bell, blocked, held: Held::default() });
        let own = Arc::clone(&service);
        thread::Builder::new().name("qmp-service".into()).spawn(move || own.serve(&monitor, &rung))?;
        Ok(service)
    }

    pub(super) fn wake(&self) {
        // When it is full, the thread is awake already.
        let _ = (&self.bell).write(&[0]);
    }

    /// Has the session's output written when there is room.
    pub(super) fn watch(&self, session: u64, socket: &Arc<OwnedFd>) -> io::Result<()> {
        let wake = self.blocked.watch(session, socket)?;
        if wake {
            self.wake();
        }
        Ok(())
    }

    fn serve(&self, monitor: &Weak<Inner>, rung: &UnixStream) {
        loop {
            let limit = {
                let Some(inner) = monitor.upgrade() else { return };
                let deadline = inner.events.next_deadline();
                let event = deadline.map(|at| at.saturating_sub(inner.events.clock().now().monotonic));
                event.into_iter().chain(self.held.wait()).min()
            };
            let ready = match self.blocked.wait(limit) {
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
            self.held.release();
            monitor.advance(monitor.clock().now());
            for session in ready {
                if let Some(connection) = monitor.connection(session) {
                    drive::flush(&connection);
                }
            }
        }
    }
}
