//! Accepts clients, any number at a time, each with a session of its own.

use super::Timer;
use super::drive::{Driver, has_threads};
use super::stream::{Stream, StreamWire};
use crate::monitor::{Monitor, SessionOptions};
use crate::transport::listener::Socket;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Notify, watch};

/// The transport of this module, as the parameter of [`Listener`](crate::transport::Listener).
#[derive(Debug)]
pub enum Tokio {}

/// A socket whose clients are served by tasks.
pub type Listener = crate::transport::Listener<Tokio>;

impl Listener {
    /// Accepts clients from now on. To be called on a runtime whose I/O and time are enabled.
    ///
    /// # Errors
    ///
    /// There is no runtime.
    pub fn serve(self, monitor: &Monitor) -> io::Result<Handle> {
        Timer::start(monitor)?;
        let Listener { socket, file, options, .. } = self;
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
    tokio::spawn(Driver { connection, stream, bell, holds: has_threads() }.run());
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
