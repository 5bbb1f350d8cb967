//! A client: its socket, and the connection that makes all decisions about it.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::task::{Context, Waker};

use qapi_runtime::Peer;
use qapi_runtime::monitor::SessionOptions;
use qapi_runtime::monitor::driver::{Action, Connection, Driver, Interest, Refused};
use qapi_runtime::transport::socket;

use crate::poller::{Poller, Ready};

/// How much one read takes. If there is more, the level-triggered poller reports the socket again, after the other
/// clients.
const CHUNK: usize = 16 * 1024;

pub(crate) struct Client {
    connection: Connection,
    socket: Arc<OwnedFd>,
    /// What the poller waits for.
    interest: Interest,
    /// The client has left. The poller no longer watches its socket, which would report the hang-up for ever.
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

    /// Adds the socket to the poller, which reports a hang-up, and more once the connection asks for it.
    pub(crate) fn watch(&self, poller: &Poller) -> io::Result<()> {
        poller.add(&self.socket, self.number(), self.interest)
    }

    /// Removes the socket from the poller. Closing it is not enough: a handler that still runs may keep it open through
    /// the probe.
    pub(crate) fn forget(&self, poller: &Poller) {
        poller.remove(&self.socket);
    }

    /// Passes what has happened on the socket to the connection.
    pub(crate) fn take(&mut self, ready: Ready) {
        if ready.write {
            self.flush();
        }
        if self.interest.read {
            // Also after a hang-up: read what the client sent last, and then the end.
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
        // The result needs no look: the next `advance` waits for room, or closes.
        connection.flush(|bytes| socket::send(&*socket, bytes));
    }

    /// Does everything that the connection asks for, until it waits. Returns whether the session goes on.
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
