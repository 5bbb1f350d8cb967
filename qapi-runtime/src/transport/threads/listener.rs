//! Accepts clients, any number at a time, each with a session of its own.

use super::Support;
use super::drive::{self, Patience};
use super::service::Service;
use crate::File;
use crate::event::Wire;
use crate::monitor::{Connection, Monitor};
use crate::sync::lock;
use crate::transport::socket::{self, Received};
use rustix::net::RecvFlags;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How much is read at once.
const CHUNK: usize = 32 * 1024;

/// The transport of this module, as the parameter of [`Listener`](crate::transport::Listener).
#[derive(Debug)]
pub enum Threads {}

/// A socket whose clients are served by threads.
pub type Listener = crate::transport::Listener<Threads>;

impl Listener {
    /// Accepts clients from now on, on threads of its own.
    ///
    /// # Errors
    ///
    /// A thread cannot be started.
    pub fn serve(self, monitor: &Monitor) -> io::Result<Handle> {
        Support::of(monitor)?;
        let (stop, stopped) = UnixStream::pair()?;
        let accepting = monitor.clone();
        let thread = thread::Builder::new()
            .name("qmp-listener".into())
            .spawn(move || self.accept_all(&accepting, &stopped))?;
        let thread = Arc::new(Mutex::new(Some(thread)));
        let joined = Arc::clone(&thread);
        let number = monitor.add_listener(Box::new(move || {
            drop(stop);
            join(&joined);
        }));
        Ok(Handle { monitor: monitor.clone(), number, thread })
    }

    fn accept_all(self, monitor: &Monitor, stopped: &UnixStream) {
        loop {
            let mut descriptors = [socket::readable(stopped), socket::readable(&self.socket)];
            let waited = socket::wait(&mut descriptors, None);
            if socket::is_ready(&descriptors[0]) {
                break;
            }
            match waited.and_then(|()| self.accept(monitor)) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => {
                    // Out of descriptors, for one: the client waits, and so do we, in order not to spin.
                    tracing::warn!(%error, "client cannot be served");
                    let mut descriptors = [socket::readable(stopped)];
                    let _ = socket::wait(&mut descriptors, Some(Duration::from_millis(100)));
                }
            }
        }
        // The socket file goes with `self`, before anybody is told that the service has ended.
        drop(self);
    }

    fn accept(&self, monitor: &Monitor) -> io::Result<()> {
        let (socket, peer) = socket::accept(&self.socket)?;
        rustix::io::ioctl_fionbio(&socket, false)?;
        let socket = Arc::new(socket);
        let service = Arc::clone(&Support::of(monitor)?.service);
        let wire = |session| -> Box<dyn Wire> {
            Box::new(SocketWire { session, socket: Arc::clone(&socket), service })
        };
        let connection = monitor.connect(peer, &self.options, wire);
        let reading = Arc::clone(&connection);
        let spawned =
            thread::Builder::new().name(format!("qmp-{}", connection.origin.session())).spawn(move || {
                read_all(&reading, &socket);
                reading.monitor.disconnect(&reading);
            });
        if let Err(error) = spawned {
            monitor.disconnect(&connection);
            return Err(error);
        }
        Ok(())
    }
}

/// Reads until the client has sent its last.
fn read_all(connection: &Arc<Connection>, socket: &OwnedFd) {
    let mut buffer = vec![0; CHUNK];
    let mut files: Vec<File> = Vec::new();
    loop {
        drop(drive::wait_for_appetite(connection));
        match socket::receive(socket, &mut buffer, &mut files, RecvFlags::empty()) {
            Ok(Received { bytes: 0, .. }) => break,
            Ok(Received { bytes: count, truncated: _ }) => {
                let files = std::mem::take(&mut files);
                lock(&connection.session).receive_with(&buffer[..count], files);
                if !drive::pump(connection, Patience::Endless) {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::debug!(session = connection.origin.session(), %error, "client cannot be read from");
                connection.outbox.close();
                break;
            }
        }
    }
    drive::wind_up(connection);
}

struct SocketWire {
    session: u64,
    socket: Arc<OwnedFd>,
    service: Arc<Service>,
}

impl Wire for SocketWire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        socket::send(&self.socket, bytes)
    }

    fn blocked(&mut self) -> io::Result<()> {
        self.service.watch(self.session, &self.socket)
    }

    fn shut(&mut self) {
        socket::shut(&self.socket);
    }

    fn is_abandoned(&self) -> bool {
        socket::has_hung_up(&self.socket)
    }
}

/// A listener that serves. Dropping the handle changes nothing.
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
    if let Some(thread) = thread.take()
        && thread.join().is_err()
    {
        tracing::error!("listener panicked");
    }
}
