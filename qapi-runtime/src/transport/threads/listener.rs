//! Accepts clients, any number at a time, each with a session of its own.

use super::client::Client;
use crate::Monitor;
use crate::Peer;
use crate::monitor::SessionOptions;
use crate::monitor::driver::Placement;
use crate::sync::lock;
use crate::transport::registry::Opening;
use crate::transport::service::Service;
use crate::transport::socket;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The transport of this module, as the parameter of [`Listener`](crate::transport::Listener).
#[derive(Debug)]
pub enum Threads {}

/// A socket whose clients are served by threads.
pub type Listener = crate::transport::Listener<Threads>;

/// How long to wait before the next try when a client cannot be accepted.
const RETRY: Duration = Duration::from_millis(100);

impl Listener {
    /// Accepts clients from now on, on threads of its own.
    ///
    /// # Errors
    ///
    /// A thread cannot be started, or the access of the listener names what the schema does not have.
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
            drop(stop);
            join(&joined);
        }));
        Ok(Handle { monitor: monitor.clone(), number, thread })
    }

    fn accept_all(self, service: &Arc<Service>, opening: &Opening, stopped: &UnixStream) {
        loop {
            let full = !service.registry().monitor().has_room_for_a_session();
            let mut descriptors = [socket::readable(stopped), socket::readable(&self.socket)];
            // While there is no room, only the end of the service counts.
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
                    // Out of descriptors, for one: the client waits, and so do we, in order not to spin.
                    tracing::warn!(%error, "client cannot be served");
                    if socket::wait(&mut [socket::readable(stopped)], Some(RETRY)).is_err() {
                        // It may be just this that is refused.
                        thread::sleep(RETRY);
                    }
                }
            }
        }
        // The socket file goes with `self`, before anyone is told that the service has ended.
        drop(self);
    }

    fn accept(&self, service: &Arc<Service>, opening: &Opening) -> io::Result<()> {
        let (socket, peer) = socket::accept(&self.socket)?;
        open(service, socket, peer, opening)
    }
}

/// Opens a session on a connected socket. One that the monitor refuses is closed.
fn open(service: &Arc<Service>, socket: OwnedFd, peer: Peer, opening: &Opening) -> io::Result<()> {
    rustix::io::ioctl_fionbio(&socket, false)?;
    let socket = Arc::new(socket);
    let probed = Arc::clone(&socket);
    let probe = Box::new(move || socket::has_hung_up(&probed));
    let arrival = opening.arrival(peer, Some(probe), Placement::Thread);
    // Why it was refused is in the log.
    let Ok(connection) = service.registry().connect(arrival) else { return Ok(()) };
    Client::start(connection, socket, Arc::clone(service))
}

/// Serves one session on a connected Unix or TCP socket, for instance one end of a socket pair.
///
/// # Errors
///
/// It is no such socket, or a thread cannot be started.
pub fn attach_socket(
    monitor: &Monitor,
    options: &SessionOptions,
    socket: impl Into<OwnedFd>,
) -> io::Result<()> {
    let socket = socket.into();
    let peer = socket::peer(&socket)?;
    open(&Service::of(monitor)?, socket, peer, &Opening::new(monitor, options)?)
}

/// A listener that serves. Dropping the handle changes nothing, unless it is the last that keeps the [`Monitor`].
#[derive(Debug)]
pub struct Handle {
    monitor: Monitor,
    number: u64,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Handle {
    /// Accepts no more clients and removes the socket. Sessions go on.
    pub fn stop(&self) {
        self.monitor.stop_listener(self.number);
    }

    /// Waits until the listener has been stopped.
    pub fn join(&self) {
        join(&self.thread);
    }
}

fn join(thread: &Mutex<Option<JoinHandle<()>>>) {
    // Locked while joining, so that others who join wait for the same end.
    let mut thread = lock(thread);
    if thread.take().is_some_and(|thread| thread.join().is_err()) {
        tracing::error!("listener panicked");
    }
}
