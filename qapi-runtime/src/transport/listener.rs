//! A socket that clients can connect to, independent of the transport.

use super::adopt;
use super::endpoint::Socket;
use super::socket;
use super::unix::{self, SocketFile, UnixOptions};
use crate::Peer;
use crate::access::Access;
use crate::dialect::Dialect;
use crate::monitor::SessionOptions;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// A socket that clients can connect to. `T` is the transport that serves them: use the aliases `threads::Listener` and
/// `asynchronous::Listener`.
///
/// Use `Listener<()>` for your own event loop, which [accepts](Listener::accept) clients itself and passes them to a
/// [driver](crate::monitor::driver).
pub struct Listener<T> {
    pub(super) socket: Socket,
    /// Removed when it is dropped.
    pub(super) file: Option<SocketFile>,
    pub(super) options: SessionOptions,
    transport: PhantomData<fn() -> T>,
}

impl<T> Listener<T> {
    /// Listens on a Unix socket at `path`, which only the user of this process may connect to (mode 0600).
    ///
    /// See [`unix_with`](Listener::unix_with) for how it takes the path.
    ///
    /// # Errors
    ///
    /// Those of [`unix_with`](Listener::unix_with), for instance that another process listens there.
    pub fn unix(path: impl AsRef<Path>) -> io::Result<Listener<T>> {
        Listener::unix_with(path, &UnixOptions::default())
    }

    /// Listens on a Unix socket at `path` with a given mode or group.
    ///
    /// The listener keeps `PATH.lock` locked for as long as it lives, and removes the socket and this file when it
    /// ends. A process that is killed leaves both behind; the next listener takes them over. Of several listeners that
    /// start at the same time, exactly one gets the path. Programs that do not use the lock, such as QEMU, are detected
    /// by their socket, on Linux even before they listen.
    ///
    /// # Errors
    ///
    /// - [`AddrInUse`](io::ErrorKind::AddrInUse): a server uses the path, or a file that is not a socket is there.
    /// - The lock file cannot be created or opened, for instance in a directory where this user may not write. Nothing
    ///   was changed then.
    /// - The mode has bits beyond 0o777, or this process may not give files to the group.
    /// - The path is longer than the system's limit (107 bytes on Linux).
    pub fn unix_with(path: impl AsRef<Path>, options: &UnixOptions) -> io::Result<Listener<T>> {
        let (listener, file) = unix::listen(path.as_ref(), options)?;
        listener.set_nonblocking(true)?;
        Ok(Listener::new(Socket::Unix(listener), Some(file)))
    }

    /// Listens on a Unix socket with an abstract name, which is not in the file system. The kernel removes it with the
    /// listener, even when the process is killed.
    ///
    /// **No mode protects it:** any process of any user in this network namespace can connect, and may take the name
    /// first. Where that matters, use [`unix`](Listener::unix), or check the [`Credentials`](crate::Credentials) of
    /// each client.
    ///
    /// The name may have any bytes. Clients write it with a leading `@` or NUL byte, which is not part of the name.
    ///
    /// # Errors
    ///
    /// The name is in use ([`AddrInUse`](io::ErrorKind::AddrInUse)), empty, or longer than 107 bytes.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn unix_abstract(name: impl AsRef<[u8]>) -> io::Result<Listener<T>> {
        let listener = unix::listen_abstract(name.as_ref())?;
        listener.set_nonblocking(true)?;
        Ok(Listener::new(Socket::Unix(listener), None))
    }

    /// Takes over a socket that already listens: a descriptor, a [`UnixListener`](std::os::unix::net::UnixListener) or
    /// a [`TcpListener`](std::net::TcpListener).
    ///
    /// The socket is made non-blocking (also for other processes that share it) and close-on-exec, and it no longer
    /// passes credentials. The process that bound it decides who can connect, and removes its file: this function
    /// checks no address, and the listener holds no lock and removes nothing.
    ///
    /// ```
    /// # #[cfg(feature = "threads")]
    /// # fn listen() -> std::io::Result<()> {
    /// use qapi_runtime::transport::threads::Listener;
    ///
    /// let bound = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let listener = Listener::from_fd(bound)?;
    /// # Ok(())
    /// # }
    /// # #[cfg(feature = "threads")]
    /// # listen().expect("loopback");
    /// ```
    ///
    /// # Errors
    ///
    /// It is not a stream socket of the Unix or internet family, or does not listen
    /// ([`InvalidInput`](io::ErrorKind::InvalidInput)). The descriptor is closed then.
    pub fn from_fd(socket: impl Into<OwnedFd>) -> io::Result<Listener<T>> {
        Ok(Listener::new(adopt::adopt(socket.into())?, None))
    }

    /// Takes the sockets that systemd passes to this process, with their names, in the order of the unit's
    /// `ListenStream=` lines. Each listener also gets its socket's [name](Listener::name). The list is empty when
    /// systemd passes none, or when they were taken before.
    ///
    /// A socket has the name of its unit, or the one in `FileDescriptorName=`; several sockets may share a name. The
    /// protocol is that of `sd_listen_fds_with_names(3)`; units with `Accept=yes` are not supported.
    ///
    /// This removes `LISTEN_PID` and `LISTEN_FDS` from the environment, so that the sockets are taken once and no child
    /// process mistakes them for its own. Changing the environment is safe only while no other thread can read it
    /// through the C library, so call this early in `main`, before anything starts a thread.
    ///
    /// ```no_run
    /// # #[cfg(feature = "threads")]
    /// # fn serve(monitor: &qapi_runtime::Monitor) -> std::io::Result<()> {
    /// use qapi_runtime::transport::threads::Listener;
    ///
    /// for (name, listener) in Listener::from_systemd()? {
    ///     listener.pretty(name == "debug").serve(monitor)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A variable is malformed, or one of the sockets is not one that [`from_fd`](Listener::from_fd) takes. The sockets
    /// before it are closed, and those after it stay open without an owner, so the process should exit.
    #[cfg(feature = "systemd")]
    pub fn from_systemd() -> io::Result<Vec<(String, Listener<T>)>> {
        let passed = super::systemd::take()?;
        let listen =
            |(name, socket): (String, OwnedFd)| Ok((name.clone(), Listener::from_fd(socket)?.name(name)));
        passed.into_iter().map(listen).collect()
    }

    /// Listens on TCP on a loopback address. Any user of the machine can connect to it.
    ///
    /// # Errors
    ///
    /// The address cannot be bound, or it is not a loopback address: see [`tcp_anywhere`](Listener::tcp_anywhere).
    pub fn tcp(address: impl ToSocketAddrs) -> io::Result<Listener<T>> {
        Listener::new_tcp(address, false)
    }

    /// Listens on TCP on any address. The protocol has no authentication: any client that can connect controls the
    /// process.
    ///
    /// # Errors
    ///
    /// The address cannot be bound.
    pub fn tcp_anywhere(address: impl ToSocketAddrs) -> io::Result<Listener<T>> {
        Listener::new_tcp(address, true)
    }

    fn new_tcp(address: impl ToSocketAddrs, anywhere: bool) -> io::Result<Listener<T>> {
        let listener = socket::listen_tcp(address, anywhere)?;
        listener.set_nonblocking(true)?;
        Ok(Listener::new(Socket::Tcp(listener), None))
    }

    fn new(socket: Socket, file: Option<SocketFile>) -> Listener<T> {
        Listener { socket, file, options: SessionOptions::default(), transport: PhantomData }
    }

    /// The address of a TCP socket. If port 0 was requested, it has the port that the system chose.
    #[must_use]
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        match &self.socket {
            Socket::Unix(_) => None,
            Socket::Tcp(listener) => listener.local_addr().ok(),
        }
    }

    /// Sets what clients may do. Default: everything. Several listeners with different accesses can serve one monitor.
    #[must_use]
    pub fn access(self, access: Access) -> Listener<T> {
        self.with(|options| options.access(access))
    }

    /// Sets the listener's name, which logs, handlers and hooks see; for instance the role of its clients.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Listener<T> {
        self.with(|options| options.name(name))
    }

    /// Sets whether output is indented over several lines, for people to read.
    #[must_use]
    pub fn pretty(self, pretty: bool) -> Listener<T> {
        self.with(|options| options.pretty(pretty))
    }

    /// Sets the dialect.
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Listener<T> {
        self.with(|options| options.dialect(dialect))
    }

    /// Replaces all options of the sessions.
    #[must_use]
    pub fn with_session_options(self, options: SessionOptions) -> Listener<T> {
        self.with(|_| options)
    }

    fn with(mut self, change: impl FnOnce(SessionOptions) -> SessionOptions) -> Listener<T> {
        self.options = change(self.options);
        self
    }
}

impl Listener<()> {
    /// Accepts a client. Returns its socket, non-blocking and close-on-exec, and its peer.
    ///
    /// # Errors
    ///
    /// No client waits ([`WouldBlock`](io::ErrorKind::WouldBlock)), or the process has no descriptors left, among
    /// others. The listener stays usable. While it cannot accept, its descriptor stays readable, so a loop must pause
    /// before the next try in order not to spin.
    pub fn accept(&self) -> io::Result<(OwnedFd, Peer)> {
        let (socket, peer) = socket::accept(&self.socket)?;
        rustix::io::ioctl_fionbio(&socket, true)?;
        Ok((socket, peer))
    }

    /// The options of its clients' sessions, for [`Driver::connect`](crate::monitor::driver::Driver::connect).
    #[must_use]
    pub fn session_options(&self) -> &SessionOptions {
        &self.options
    }
}

/// Readable when a client waits.
impl<T> AsFd for Listener<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl<T> fmt::Debug for Listener<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Listener { socket, file, options, transport: _ } = self;
        let mut debug = f.debug_struct("Listener");
        debug.field("socket", socket).field("file", file).field("options", options).finish()
    }
}
