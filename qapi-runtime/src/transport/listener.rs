//! A socket that clients can connect to, whatever then serves them.

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

/// A socket that clients can connect to. `T` is the transport that will serve them: use it as `threads::Listener` or
/// `tokio::Listener`.
///
/// For a loop of one's own, which [accepts](Listener::accept) clients itself and hands them to a
/// [driver](crate::monitor::driver), it is `Listener<()>`.
pub struct Listener<T> {
    pub(super) socket: Socket,
    /// Removed when it is dropped.
    pub(super) file: Option<SocketFile>,
    pub(super) options: SessionOptions,
    transport: PhantomData<fn() -> T>,
}

impl<T> Listener<T> {
    /// A Unix socket at `path`, which only the user of this process may connect to (mode 0600).
    ///
    /// [`unix_with`](Listener::unix_with) says how the path is taken, and when that fails.
    ///
    /// # Errors
    ///
    /// The path cannot be had: for one, because another process listens there.
    pub fn unix(path: impl AsRef<Path>) -> io::Result<Listener<T>> {
        Listener::unix_with(path, &UnixOptions::default())
    }

    /// A Unix socket at `path` with another mode or group.
    ///
    /// The listener keeps `PATH.lock` locked for as long as it lives, and removes the socket and this file when the
    /// service ends. A process that is killed leaves both behind; the next listener takes them over. So of any listeners
    /// that start at the same time, one gets the path. Programs that do not know the lock, such as QEMU, are found by their
    /// socket, on Linux even when they do not listen yet.
    ///
    /// # Errors
    ///
    /// - [`AddrInUse`](io::ErrorKind::AddrInUse): a server has the path, or something is there that is no socket.
    /// - The lock file cannot be created or opened, as in a directory where this user may not write. Nothing has been
    ///   changed then.
    /// - The mode has bits beyond 0o777, or this process may not give files to the group.
    /// - The path is longer than the system's limit (107 bytes on Linux).
    pub fn unix_with(path: impl AsRef<Path>, options: &UnixOptions) -> io::Result<Listener<T>> {
        let (listener, file) = unix::listen(path.as_ref(), options)?;
        listener.set_nonblocking(true)?;
        Ok(Listener::new(Socket::Unix(listener), Some(file)))
    }

    /// A Unix socket with an abstract name, which is in no directory. It goes with the listener, however that ends.
    ///
    /// **No mode protects it:** any process of any user in this network namespace can connect, and may take the name first.
    /// Where that matters, use [`unix`](Listener::unix), or look at the [`Credentials`](crate::Credentials) of a client.
    ///
    /// The name is of any bytes; clients write it with a leading `@` or NUL byte, which does not belong to it.
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

    /// A socket that listens already: a descriptor, a [`UnixListener`](std::os::unix::net::UnixListener) or a
    /// [`TcpListener`](std::net::TcpListener).
    ///
    /// It is set not to block, which those see too who share it, not to be inherited, and not to pass credentials. A process that
    /// bound it decides who can connect, and removes its file: here no address is checked, no lock is held, and nothing is
    /// removed.
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
    /// It is no stream socket of the Unix or internet family, or does not listen
    /// ([`InvalidInput`](io::ErrorKind::InvalidInput)). It is closed then.
    pub fn from_fd(socket: impl Into<OwnedFd>) -> io::Result<Listener<T>> {
        Ok(Listener::new(adopt::adopt(socket.into())?, None))
    }

    /// The sockets that systemd passes to this process, with their names, in the order of its unit's `ListenStream=` lines.
    /// Each listener is [named](Listener::name) so, too. There are none when systemd passes none, or when they have been
    /// taken.
    ///
    /// A name is that of the unit, or what `FileDescriptorName=` says; several may be called the same. The protocol is that
    /// of `sd_listen_fds_with_names(3)`; a unit with `Accept=yes` is none for it.
    ///
    /// This takes `LISTEN_PID` and `LISTEN_FDS` out of the environment, so that no child takes the sockets for its own, and
    /// they are taken once. Changing the environment is safe only as long as no other thread may look at it through the C
    /// library, so call this early in `main`, before anything starts a thread.
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
    /// A variable is malformed, or one of the sockets is not what [`from_fd`](Listener::from_fd) takes. Those before it are
    /// closed, and those after it are left open without an owner: better end the process.
    #[cfg(feature = "systemd")]
    pub fn from_systemd() -> io::Result<Vec<(String, Listener<T>)>> {
        let passed = super::systemd::take()?;
        let listen =
            |(name, socket): (String, OwnedFd)| Ok((name.clone(), Listener::from_fd(socket)?.name(name)));
        passed.into_iter().map(listen).collect()
    }

    /// A TCP socket on loopback. Any user of the machine can connect to it.
    ///
    /// # Errors
    ///
    /// The address cannot be had, or it is not on loopback: see [`tcp_anywhere`](Listener::tcp_anywhere).
    pub fn tcp(address: impl ToSocketAddrs) -> io::Result<Listener<T>> {
        Listener::new_tcp(address, false)
    }

    /// A TCP socket on any address. The protocol knows no passwords: any client that can connect controls the process.
    ///
    /// # Errors
    ///
    /// The address cannot be had.
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

    /// The address of a TCP socket, with the port that the system chose where 0 was asked for.
    #[must_use]
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        match &self.socket {
            Socket::Unix(_) => None,
            Socket::Tcp(listener) => listener.local_addr().ok(),
        }
    }

    /// What clients may do: everything. Listeners of several roles can serve one monitor.
    #[must_use]
    pub fn access(self, access: Access) -> Listener<T> {
        self.with(|options| options.access(access))
    }

    /// What logs, handlers and hooks call this listener, for instance the role of those who connect to it.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Listener<T> {
        self.with(|options| options.name(name))
    }

    /// Prints on several lines, for people.
    #[must_use]
    pub fn pretty(self, pretty: bool) -> Listener<T> {
        self.with(|options| options.pretty(pretty))
    }

    /// Speaks this dialect.
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Listener<T> {
        self.with(|options| options.dialect(dialect))
    }

    /// Has the sessions of its clients be as these options say, whatever was said before.
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
    /// Accepts a client: its socket, which neither blocks nor is inherited by programs that this one starts, and who it is.
    ///
    /// # Errors
    ///
    /// No client waits ([`WouldBlock`](io::ErrorKind::WouldBlock)), or there are no descriptors left, among others. The
    /// listener can be used on; one that cannot accept stays ready, so a loop has to wait a little in order not to spin.
    pub fn accept(&self) -> io::Result<(OwnedFd, Peer)> {
        let (socket, peer) = socket::accept(&self.socket)?;
        rustix::io::ioctl_fionbio(&socket, true)?;
        Ok((socket, peer))
    }

    /// How the sessions of its clients are to be, for [`Driver::connect`](crate::monitor::driver::Driver::connect).
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
