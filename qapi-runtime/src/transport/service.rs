//! The thread that helps the sessions of a monitor, on every transport: see [`Registry`].
//!
//! It is a thread even on tokio: a task could be queued on the very worker thread whose slow handler it should make up
//! for.

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

/// Wakes the service thread.
struct Ring {
    /// A byte written here wakes the thread.
    bell: UnixStream,
    /// A byte is already there, so no other one needs to be written.
    rung: AtomicBool,
}

impl Wake for Ring {
    fn wake(self: Arc<Ring>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Ring>) {
        if !self.rung.swap(true, Ordering::SeqCst) {
            // The socket is non-blocking. If it is full, the thread wakes up anyway.
            let _ = (&self.bell).write(&[0]);
        }
    }
}

impl Service {
    /// Returns the service of a monitor, and starts it if none runs.
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

    /// Calls [`told`](super::registry::Helped::told) of the session's client once its socket has hung up or, if `room`,
    /// has room for output.
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
        // The thread finds that its weak reference is dead, and ends.
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
                // Late output is better than a busy loop.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        // The socket is drained before the mark is cleared. In the other order, this read could swallow the byte of a
        // ring that found the mark cleared, and later rings would find the mark set and write nothing.
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
