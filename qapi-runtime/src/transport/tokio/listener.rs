//! Accepts clients, any number at a time, each with a session of its own.

use super::Timer;
use super::drive::Driver;
use super::stream::{Stream, StreamWire};
use crate::monitor::{Monitor, SessionOptions};
use crate::session::Dialect;
use crate::transport::socket::{self, SocketFile};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Notify, watch};

/// A socket that clients can connect to.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
    /// Removed when the listener is dropped.
    file: Option<SocketFile>,
    options: SessionOptions,
}

#[derive(Debug)]
enum Socket {
    Unix(std::os::unix::net::UnixListener),
    Tcp(std::net::TcpListener),
}

impl Listener {
    /// A Unix socket, which only this user may connect to. It is removed when the service ends.
    ///
    /// # Errors
    ///
    /// The path cannot be had: for one, because somebody listens there. A socket where nobody listens is replaced.
    pub fn unix(path: impl AsRef<Path>) -> io::Result<Listener> {
        let (listener, file) = socket::listen_unix(path.as_ref())?;
        listener.set_nonblocking(true)?;
        Ok(Listener { socket: Socket::Unix(listener), file: Some(file), options: SessionOptions::default() })
    }

    /// A TCP socket on loopback. Any user of the machine can connect to it.
    ///
    /// # Errors
    ///
    /// The address cannot be had, or it is not on loopback: see [`tcp_anywhere`](Listener::tcp_anywhere).
    pub fn tcp(address: impl ToSocketAddrs) -> io::Result<Listener> {
        Listener::new_tcp(address, false)
    }

    /// A TCP socket on any address. The protocol knows no passwords: whoever can connect controls the process.
    ///
    /// # Errors
    ///
    /// The address cannot be had.
    pub fn tcp_anywhere(address: impl ToSocketAddrs) -> io::Result<Listener> {
        Listener::new_tcp(address, true)
    }

    fn new_tcp(address: impl ToSocketAddrs, anywhere: bool) -> io::Result<Listener> {
        let listener = socket::listen_tcp(address, anywhere)?;
        listener.set_nonblocking(true)?;
        Ok(Listener { socket: Socket::Tcp(listener), file: None, options: SessionOptions::default() })
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

    /// Accepts clients from now on. To be called on a runtime whose I/O and time are enabled.
    ///
    /// # Errors
    ///
    /// There is no runtime.
    pub fn serve(self, monitor: &Monitor) -> io::Result<Handle> {
        Timer::start(monitor)?;
        let Listener { socket, file, options } = self;
        let acceptor = match socket {
            Socket::Unix(listener) => Acceptor::Unix(UnixListener::from_std(listener)?),
            Socket::Tcp(listener) => Acceptor::Tcp(TcpListener::from_std(listener)?),
        };
        let (stop, stopped) = watch::channel(());
        let number = monitor.add_listener(Box::new(move || drop((file, stop))));
        tokio::spawn(accept_all(acceptor, monitor.clone(), options, stopped));
        Ok(Handle { monitor: monitor.clone(), number })
    }
}

#[derive(Debug)]
enum Acceptor {
    Unix(UnixListener),
    Tcp(TcpListener),
}

impl Acceptor {
    async fn accept(&self) -> io::Result<Stream> {
        match self {
            Acceptor::Unix(listener) => Ok(Stream::Unix(listener.accept().await?.0)),
            Acceptor::Tcp(listener) => {
                let stream = listener.accept().await?.0;
                // Answers are small and complete: there is nothing to wait for.
                stream.set_nodelay(true)?;
                Ok(Stream::Tcp(stream))
            }
        }
    }
}

async fn accept_all(
    acceptor: Acceptor,
    monitor: Monitor,
    options: SessionOptions,
    mut stopped: watch::Receiver<()>,
) {
    loop {
        tokio::select! {
            // An error: the other end was dropped.
            _ = stopped.changed() => return,
            accepted = acceptor.accept() => match accepted {
                Ok(stream) => open(&monitor, &options, stream),
                Err(error) => {
                    // Out of descriptors, for one: the client waits, and so do we, in order not to spin.
                    tracing::warn!(%error, "client cannot be served");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
}

fn open(monitor: &Monitor, options: &SessionOptions, stream: Stream) {
    let stream = Arc::new(stream);
    let bell = Arc::new(Notify::new());
    let wire = StreamWire { stream: Arc::clone(&stream), bell: Arc::clone(&bell) };
    let connection = monitor.connect(stream.peer(), options, |_| Box::new(wire));
    tokio::spawn(Driver { connection, stream, bell }.run());
}

/// A listener that serves. Dropping the handle changes nothing.
#[derive(Debug)]
pub struct Handle {
    monitor: Monitor,
    number: u64,
}

impl Handle {
    /// Accepts no more clients and removes the socket. Sessions go on.
    pub fn stop(&self) {
        self.monitor.stop_listener(self.number);
    }
}
