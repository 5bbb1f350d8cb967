//! A client: its socket, and the connection that decides everything about it.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::task::{Context, Waker};

use qapi_runtime::Peer;
use qapi_runtime::monitor::SessionOptions;
use qapi_runtime::monitor::driver::{Action, Connection, Driver, Interest, Refused};
use qapi_runtime::transport::socket;

use crate::poller::{Poller, Ready};

/// How much is read at once. There may be more; it is told again, after the other clients had their turn.
const CHUNK: usize = 16 * 1024;

pub(crate) struct Client {
    connection: Connection,
    socket: Arc<OwnedFd>,
    /// What the poller was told to wait for.
    interest: Interest,
    /// The client has left, and the poller no longer watches its socket, which would be ready for ever.
    left: bool,
}

impl Client {
    /// Opens a session on a connected socket. The monitor may refuse it; then the socket is closed.
    pub(crate) fn open(
        driver: &Driver,
        socket: OwnedFd,
        peer: Peer,
        options: &SessionOptions,
    ) -> Result<Client, Refused> {
        let socket = Arc::new(socket);
        let probed = Arc::clone(&socket);
        let probe = Box::new(move || socket::has_hung_up(&probed));
        let connection = driver.connect(peer, options, Some(probe))?;
        Ok(Client { connection, socket, interest: Interest::default(), left: false })
    }

    pub(crate) fn number(&self) -> u64 {
        self.connection.number()
    }

    /// Has the poller watch the socket: for the client's end, until the connection wants more.
    pub(crate) fn watch(&self, poller: &Poller) -> io::Result<()> {
        poller.add(&self.socket, self.number(), self.interest)
    }

    /// Has the poller forget the socket. Closing it would not do: a handler that still runs may keep it open.
    pub(crate) fn forget(&self, poller: &Poller) {
        poller.remove(&self.socket);
    }

    /// Tells the connection what has come.
    pub(crate) fn take(&mut self, ready: Ready) {
        if ready.write {
            self.flush();
        }
        if self.interest.read {
            // The end of a client that has hung up is read behind what it said last.
            self.read();
        } else if ready.hung_up {
            self.leave();
        }
    }

    fn read(&mut self) {
        let (mut buffer, mut files) = ([0; CHUNK], Vec::new());
        match socket::try_receive(&self.socket, &mut buffer, &mut files) {
            Ok(received) if received.bytes > 0 => {
                self.connection.receive(&buffer[..received.bytes], files);
                if received.truncated {
                    self.connection.files_lost();
                }
            }
            // A client that has closed one direction still reads; one that has closed both is gone.
            Ok(_) if socket::has_hung_up(&self.socket) => self.leave(),
            Ok(_) => self.connection.end_input(),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            Err(_) => self.leave(),
        }
    }

    fn leave(&mut self) {
        self.left = true;
        self.connection.leave();
    }

    fn flush(&mut self) {
        let Client { connection, socket, .. } = self;
        // What came of it shows in what the connection wants next: room, or the end.
        connection.flush(|bytes| socket::send(&*socket, bytes));
    }

    /// Does all that can be done now. Returns whether the session goes on.
    pub(crate) fn obey(&mut self, waker: &Waker, poller: &Poller) -> io::Result<bool> {
        let mut cx = Context::from_waker(waker);
        loop {
            match self.connection.advance(&mut cx) {
                Action::Write => self.flush(),
                Action::Beside(_) => unreachable!("with `Placement::Here` every command runs in `advance`"),
                Action::Wait(interest) => {
                    self.wait_for(interest, poller)?;
                    return Ok(true);
                }
                Action::Close => {
                    socket::shut(&self.socket);
                    return Ok(false);
                }
            }
        }
    }

    fn wait_for(&mut self, interest: Interest, poller: &Poller) -> io::Result<()> {
        if self.left {
            self.forget(poller);
        } else if interest != self.interest {
            poller.change(&self.socket, self.number(), interest)?;
        }
        self.interest = interest;
        Ok(())
    }
}
