//! Accepts clients, and opens a session for each.

use super::client::Client;
use crate::Monitor;
use crate::Peer;
use crate::monitor::SessionOptions;
use crate::monitor::driver::Placement;
use crate::sync::{Mutex, lock};
use crate::transport::registry::Opening;
use crate::transport::service::Service;
use crate::transport::socket;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Selects the transport of this module, as the parameter of [`Listener`](crate::transport::Listener).
#[derive(Debug)]
pub enum Threads {}

/// A socket whose clients are served by threads.
pub type Listener = crate::transport::Listener<Threads>;

/// How long to wait before the next try when a client cannot be accepted.
const RETRY: Duration = Duration::from_millis(100);

impl Listener {
    /// Starts a thread that accepts clients.
    ///
    /// # Errors
    ///
    /// A thread cannot be started, or the access of the listener names a command or event that the schema does not
    /// have.
    pub fn serve(self, monitor: &Monitor) -> io::Result<Handle> {
        let service = Service::of(monitor)?;
        let opening = Opening::new(monitor, &self.options)?;
        let (stop, stopped) = UnixStream::pair()?;
        let thread = thread::Builder::new()
            .name("qmp-listener".into())
            .spawn(move || self.accept_all(&service, &opening, &stopped))?;
        let thread = Arc::new(Mutex::new(Some(thread)));
        let joined = Arc::clone(&thread);
        let number = monitor.add_listener(Box::new(move || {
            // Makes `stopped` readable, which ends the thread.
            drop(stop);
            join(&joined);
        }));
        Ok(Handle { monitor: monitor.clone(), number, thread })
    }

    fn accept_all(self, service: &Arc<Service>, opening: &Opening, stopped: &UnixStream) {
        loop {
            let full = !service.registry().monitor().has_room_for_a_session();
            let mut descriptors = [socket::readable(stopped), socket::readable(&self.socket)];
            // While there is no room, wait only for the listener's stop, and check again after a pause.
            let (watched, limit) = if full { (1, Some(RETRY)) } else { (2, None) };
            let waited = socket::wait(&mut descriptors[..watched], limit);
            if socket::is_ready(&descriptors[0]) {
                break;
            }
            if full {
                continue;
            }
            match waited.and_then(|()| self.accept(service, opening)) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => {
                    // For instance, the process is out of descriptors. The client stays in the backlog, so pause in
                    // order not to spin.
                    tracing::warn!(%error, "client cannot be served");
                    if socket::wait(&mut [socket::readable(stopped)], Some(RETRY)).is_err() {
                        // The wait itself may fail for the same reason.
                        thread::sleep(RETRY);
                    }
                }
            }
        }
        // Removes the socket file before the thread ends, so that a caller who joins finds it gone.
        drop(self);
    }

    fn accept(&self, service: &Arc<Service>, opening: &Opening) -> io::Result<()> {
        let (socket, peer) = socket::accept(&self.socket)?;
        open(service, socket, peer, opening)
    }
}

/// Opens a session on a connected socket. If the monitor refuses it, the socket is closed.
fn open(service: &Arc<Service>, socket: OwnedFd, peer: Peer, opening: &Opening) -> io::Result<()> {
    // Blocking: the reader thread waits in its read. Writes pass `DONTWAIT`.
    rustix::io::ioctl_fionbio(&socket, false)?;
    let socket = Arc::new(socket);
    let probed = Arc::clone(&socket);
    let probe = Box::new(move || socket::has_hung_up(&probed));
    let arrival = opening.arrival(peer, Some(probe), Placement::Thread);
    // The monitor has logged the reason.
    let Ok(connection) = service.registry().connect(arrival) else { return Ok(()) };
    Client::start(connection, socket, Arc::clone(service))
}

/// Serves one session on a connected Unix or TCP socket, for instance one end of a socket pair.
///
/// # Errors
///
/// The descriptor is not such a socket, or a thread cannot be started.
pub fn attach_socket(
    monitor: &Monitor,
    options: &SessionOptions,
    socket: impl Into<OwnedFd>,
) -> io::Result<()> {
    let socket = socket.into();
    let peer = socket::peer(&socket)?;
    open(&Service::of(monitor)?, socket, peer, &Opening::new(monitor, options)?)
}

/// A handle to a serving listener. Dropping it does not stop the listener, unless it is the last reference to the
/// [`Monitor`].
#[derive(Debug)]
pub struct Handle {
    monitor: Monitor,
    number: u64,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Handle {
    /// Stops accepting clients and removes the socket. Sessions continue.
    pub fn stop(&self) {
        self.monitor.stop_listener(self.number);
    }

    /// Waits until the listener has been stopped.
    pub fn join(&self) {
        join(&self.thread);
    }
}

fn join(thread: &Mutex<Option<JoinHandle<()>>>) {
    // Locked while joining, so that concurrent callers also wait for the thread to end.
    let mut thread = lock(thread);
    if thread.take().is_some_and(|thread| thread.join().is_err()) {
        tracing::error!("listener panicked");
    }
}
