//! The thread that helps the sessions of a monitor, on whichever transport: see [`Registry`].
//!
//! It is a thread on tokio, too: a task could be stuck behind the handler that it is to help out of, in the queue of the
//! very thread that runs it.

use super::registry::Registry;
use super::watch::Watch;
use crate::Monitor;

use std::io::{self, Read, Write};
#[cfg(feature = "threads")]
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Wake, Waker};
use std::thread;
use std::time::Duration;

pub(crate) struct Service {
    ring: Arc<Ring>,
    #[cfg(feature = "threads")]
    watch: Arc<Watch>,
    registry: Registry,
}

/// Wakes the thread.
struct Ring {
    /// A byte in here wakes it.
    bell: UnixStream,
    /// There is a byte in there already.
    rung: AtomicBool,
}

impl Wake for Ring {
    fn wake(self: Arc<Ring>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Ring>) {
        if !self.rung.swap(true, Ordering::SeqCst) {
            // It does not block, and when it is full the thread is awake.
            let _ = (&self.bell).write(&[0]);
        }
    }
}

impl Service {
    /// The service of a monitor, started if there is none.
    pub(crate) fn of(monitor: &Monitor) -> io::Result<Arc<Service>> {
        monitor.inner().service(|| Service::start(monitor))
    }

    fn start(monitor: &Monitor) -> io::Result<Arc<Service>> {
        let (bell, rung) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        rung.set_nonblocking(true)?;
        let watch = Arc::new(Watch::new(rung.try_clone()?)?);
        let ring = Arc::new(Ring { bell, rung: AtomicBool::new(false) });
        let registry = Registry::new(monitor, Waker::from(Arc::clone(&ring)));
        let service = Arc::new(Service {
            ring: Arc::clone(&ring),
            #[cfg(feature = "threads")]
            watch: Arc::clone(&watch),
            registry,
        });
        let weak = Arc::downgrade(&service);
        thread::Builder::new()
            .name("qmp-service".into())
            .spawn(move || serve(&weak, &watch, &ring, &rung))?;
        Ok(service)
    }

    pub(in crate::transport) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Tells the session's client when its socket has room, if `room` is asked for, or has hung up.
    #[cfg(feature = "threads")]
    pub(in crate::transport) fn watch(
        &self,
        session: u64,
        socket: &Arc<OwnedFd>,
        room: bool,
    ) -> io::Result<()> {
        if self.watch.watch(session, socket, room)? {
            self.ring.wake_by_ref();
        }
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // The thread sees that its service is gone, and ends.
        self.ring.wake_by_ref();
    }
}

fn serve(service: &Weak<Service>, watch: &Watch, ring: &Ring, rung: &UnixStream) {
    loop {
        let limit = match service.upgrade() {
            Some(service) => service.registry.look(),
            None => return,
        };
        let ready = match watch.wait(limit) {
            Ok(ready) => ready,
            Err(error) => {
                tracing::error!(%error, "cannot wait for clients");
                // Better late output than a loop that eats the processor.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        // Emptied before the mark is taken back: a ring after that writes again.
        let mut bin = [0; 64];
        let _ = { rung }.read(&mut bin);
        ring.rung.store(false, Ordering::SeqCst);
        let Some(service) = service.upgrade() else { return };
        for session in ready {
            if let Some(client) = service.registry.client(session) {
                client.told();
            }
        }
    }
}
