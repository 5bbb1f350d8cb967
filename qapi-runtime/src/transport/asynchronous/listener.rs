//! Accepts clients, and opens a session for each.

use super::client::Client;
use super::pipe::{Any, HelpedSocket, HelpedStream, Pipe, Socket};
use super::stream::Stream;
use crate::Monitor;
use crate::Peer;
use crate::context::Probe;
use crate::monitor::SessionOptions;
use crate::monitor::driver::{Connection, Placement, Refused};
use crate::transport::endpoint;
use crate::transport::registry::{Helped, Opening};
use crate::transport::service::Service;
use crate::transport::socket;
use std::future::poll_fn;
use std::io;
use std::os::fd::OwnedFd;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;

/// Selects the transport of this module, as the parameter of [`Listener`](crate::transport::Listener).
#[derive(Debug)]
pub enum Tokio {}

/// A socket whose clients are served by tasks.
pub type Listener = crate::transport::Listener<Tokio>;

/// How long to wait before the next try when a client cannot be accepted.
const RETRY: Duration = Duration::from_millis(100);

impl Listener {
    /// Starts to accept clients. Call this in a runtime with I/O and time enabled.
    ///
    /// # Errors
    ///
    /// There is no runtime, or the access of the listener names a command or event that the schema does not have.
    pub fn serve(self, monitor: &Monitor) -> io::Result<Handle> {
        let service = Service::of(monitor)?;
        let Listener { socket, file, options, .. } = self;
        let opening = Opening::new(monitor, &options)?;
        let acceptor = match socket {
            endpoint::Socket::Unix(listener) => Acceptor::Unix(UnixListener::from_std(listener)?),
            endpoint::Socket::Tcp(listener) => Acceptor::Tcp(TcpListener::from_std(listener)?),
        };
        let (stop, stopped) = watch::channel(());
        // Dropping `file` removes the socket's file, and dropping `stop` ends the task.
        let number = monitor.add_listener(Box::new(move || drop((file, stop))));
        tokio::spawn(accept_all(acceptor, service, opening, stopped));
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
                // Replies are written whole, so Nagle's algorithm would only delay them. An error means that the client
                // has left.
                let _ = stream.set_nodelay(true);
                Ok(Stream::Tcp(stream))
            }
        }
    }
}

async fn accept_all(
    acceptor: Acceptor,
    service: Arc<Service>,
    opening: Opening,
    mut stopped: watch::Receiver<()>,
) {
    loop {
        let next = async {
            if service.registry().monitor().has_room_for_a_session() {
                Some(acceptor.accept().await)
            } else {
                tokio::time::sleep(RETRY).await;
                None
            }
        };
        match unless_stopped(&mut stopped, next).await {
            None => return,
            Some(None) => {}
            Some(Some(Ok(socket))) => open(&service, socket, &opening),
            Some(Some(Err(error))) => {
                // For instance, the process is out of descriptors. The client stays in the backlog, so the listener
                // pauses in order not to spin.
                tracing::warn!(%error, "client cannot be served");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

/// Awaits `other`; `None` when the listener is stopped first. Not `tokio::select`: it would be this crate's only use of
/// tokio's macros, a proc-macro crate that every user would have to compile.
async fn unless_stopped<T>(stopped: &mut watch::Receiver<()>, other: impl Future<Output = T>) -> Option<T> {
    let (mut stopped, mut other) = (pin!(stopped.changed()), pin!(other));
    poll_fn(|cx| {
        // Also ready with an error, when the sender was dropped.
        if stopped.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        other.as_mut().poll(cx).map(Some)
    })
    .await
}

fn connect(
    service: &Service,
    peer: Peer,
    opening: &Opening,
    probe: Option<Probe>,
) -> Result<Connection, Refused> {
    service.registry().connect(opening.arrival(peer, probe, Placement::Task))
}

fn spawn<P: Pipe>(
    service: &Arc<Service>,
    connection: Connection,
    pipe: P,
    helped: Arc<impl Helped + 'static>,
) {
    service.registry().add(&helped);
    let client = Client { connection, pipe, service: Arc::clone(service) };
    tokio::spawn(async move {
        client.run().await;
        drop(helped);
    });
}

/// Opens a session on a connected socket. If the monitor refuses it, the socket is closed.
fn open(service: &Arc<Service>, socket: Stream, opening: &Opening) {
    let socket = Arc::new(socket);
    let probed = Arc::clone(&socket);
    let probe: Probe = Box::new(move || socket::has_hung_up(&*probed));
    // The monitor has logged the reason.
    let Ok(connection) = connect(service, socket.peer(), opening, Some(probe)) else { return };
    let helped = Arc::new(HelpedSocket { link: Arc::clone(connection.link()), socket: Arc::clone(&socket) });
    spawn(service, connection, Socket(socket), helped);
}

/// Serves one session on a connected Unix or TCP socket, for instance one end of a socket pair.
///
/// # Errors
///
/// The descriptor is not such a socket, or there is no runtime.
pub fn attach_socket(
    monitor: &Monitor,
    options: &SessionOptions,
    socket: impl Into<OwnedFd>,
) -> io::Result<()> {
    let socket = socket.into();
    rustix::io::ioctl_fionbio(&socket, true)?;
    let socket = match crate::transport::socket::peer(&socket)? {
        Peer::Tcp(_) => Stream::Tcp(tokio::net::TcpStream::from_std(socket.into())?),
        _ => Stream::Unix(tokio::net::UnixStream::from_std(socket.into())?),
    };
    open(&Service::of(monitor)?, socket, &Opening::new(monitor, options)?);
    Ok(())
}

/// Serves one session on any stream: an in-process pipe, TLS, a serial device.
///
/// The session notices that its client has left only when a read or write fails. For sockets, use [`attach_socket`],
/// which notices it sooner and receives descriptors.
///
/// # Errors
///
/// There is no runtime, or the monitor refuses the session.
pub fn attach(
    monitor: &Monitor,
    options: &SessionOptions,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> io::Result<()> {
    let service = Service::of(monitor)?;
    let connection =
        connect(&service, Peer::Unknown, &Opening::new(monitor, options)?, None).map_err(io::Error::other)?;
    let helped = Arc::new(HelpedStream(Arc::clone(connection.link())));
    spawn(&service, connection, Any(stream), helped);
    Ok(())
}

/// A handle to a serving listener. Dropping it does not stop the listener, unless it is the last reference to the
/// [`Monitor`].
#[derive(Debug)]
pub struct Handle {
    monitor: Monitor,
    number: u64,
}

impl Handle {
    /// Stops accepting clients and removes the socket. Sessions continue.
    pub fn stop(&self) {
        self.monitor.stop_listener(self.number);
    }
}
