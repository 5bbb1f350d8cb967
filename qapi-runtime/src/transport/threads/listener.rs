//! Accepts clients, any number at a time, each with a session of its own.

use super::Support;
use super::drive::{self, Patience};
use super::service::Service;
use crate::event::Wire;
use crate::monitor::{Connection, Monitor, SessionOptions};
use crate::session::Dialect;
use crate::sync::lock;
use crate::transport::socket::{self, SocketFile};
use crate::{File, Peer};
use rustix::net::RecvFlags;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How much is read at once.
const CHUNK: usize = 32 * 1024;

/// A socket that clients can connect to.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
    /// Removed when the listener is dropped.
    _file: Option<SocketFile>,
    options: SessionOptions,
}

#[derive(Debug)]
enum Socket {
    Unix(UnixListener),
    Tcp(TcpListener),
}

impl Listener {
    /// A Unix socket, which only this user may connect to. It is removed when the service ends.
    ///
    /// # Errors
    ///
    /// The path cannot be had: for one, because somebody listens there. A socket where nobody listens is replaced.
    pub fn unix(path: impl AsRef<Path>) -> io::Result<Listener> {
        let (listener, file) = socket::listen_unix(path.as_ref())?;
        Ok(Listener { socket: Socket::Unix(listener), _file: Some(file), options: SessionOptions::default() })
    }

    /// A TCP socket on loopback. Any user of the machine can connect to it.
    ///
    /// # Errors
    ///
    /// The address cannot be had, or it is not on loopback: see [`tcp_anywhere`](Listener::tcp_anywhere).
    pub fn tcp(address: impl ToSocketAddrs) -> io::Result<Listener> {
        let socket = Socket::Tcp(socket::listen_tcp(address, false)?);
        Ok(Listener { socket, _file: None, options: SessionOptions::default() })
    }

    /// A TCP socket on any address. The protocol knows no passwords: whoever can connect controls the process.
    ///
    /// # Errors
    ///
    /// The address cannot be had.
    pub fn tcp_anywhere(address: impl ToSocketAddrs) -> io::Result<Listener> {
        let socket = Socket::Tcp(socket::listen_tcp(address, true)?);
        Ok(Listener { socket, _file: None, options: SessionOptions::default() })
    }

    /// The address of a TCP socket, with the port that the system chose where 0 was asked for.
    #[must_use]
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        match &self.socket {
            Socket::Unix(_) => None,
            Socket::Tcp(listener) => listener.local_addr().ok(),
        }
    }

    /// Prints on several lines, for people.
    #[must_use]
    pub fn pretty(mut self, pretty: bool) -> Listener {
        self.options.pretty = pretty;
        self
    }

    /// Speaks this dialect.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Listener {
        self.options.dialect = dialect;
        self
    }

    /// Accepts clients from now on, on threads of its own.
    ///
    /// # Errors
    ///
    /// A thread cannot be started.
    pub fn serve(self, monitor: &Monitor) -> io::Result<Handle> {
        Support::of(monitor)?;
        match &self.socket {
            Socket::Unix(listener) => listener.set_nonblocking(true)?,
            Socket::Tcp(listener) => listener.set_nonblocking(true)?,
        }
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
            let listening = match &self.socket {
                Socket::Unix(listener) => socket::readable(listener),
                Socket::Tcp(listener) => socket::readable(listener),
            };
            let mut descriptors = [socket::readable(stopped), listening];
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
        let (socket, peer): (OwnedFd, Peer) = match &self.socket {
            Socket::Unix(listener) => (listener.accept()?.0.into(), Peer::Unix),
            Socket::Tcp(listener) => {
                let (stream, address) = listener.accept()?;
                // Answers are small and complete: there is nothing to wait for.
                stream.set_nodelay(true)?;
                (stream.into(), Peer::Tcp(address))
            }
        };
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
            Ok(0) => break,
            Ok(count) => {
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

    fn blocked(&mut self) {
        self.service.watch(self.session, Arc::clone(&self.socket));
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
