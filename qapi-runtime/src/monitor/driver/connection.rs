//! The owner's side of a session, and the driver that opens sessions.

use super::link::{Arrival, Host, Link};
use super::{Action, Flushed, Placement};
use crate::Monitor;
use crate::Peer;
use crate::access::AccessError;
use crate::context::File;
use crate::monitor::{Inner, SessionOptions};
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::task::{self, Waker};

/// Opens sessions of a monitor for your own event loop.
///
/// Its waker is woken when events were sent, which means that all its connections must be
/// [advanced](Connection::advance), and when [`Monitor::next_deadline`] may have become earlier. It is woken once for
/// any number of sessions. The thread that sends an event may call it, so it must not block. Clones refer to the same
/// driver.
#[derive(Clone)]
pub struct Driver {
    monitor: Arc<Inner>,
    host: Arc<Host>,
    placement: Placement,
}

impl Driver {
    /// Creates a driver for sessions of `monitor`, whose commands run where `placement` says.
    #[must_use]
    pub fn new(monitor: &Monitor, waker: Waker, placement: Placement) -> Driver {
        Driver { monitor: monitor.inner(), host: monitor.inner().add_host(waker, false), placement }
    }

    /// Whether to accept a client now. False while the limit of sessions is reached, if the
    /// [budgets](crate::monitor::Budgets::wait_in_backlog) leave further clients in the backlog.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.monitor.has_room_for_a_session()
    }

    /// Opens a session. Its first output is the greeting.
    ///
    /// `probe` asks the kernel, without blocking, whether the client has left. It keeps commands of a departed client
    /// from starting, and answers [`Context::is_cancelled`](crate::Context::is_cancelled).
    ///
    /// # Errors
    ///
    /// The monitor's [budgets](crate::monitor::Budgets) leave no room, the monitor has shut down, or the access names a
    /// command or event that the schema does not have.
    pub fn connect(
        &self,
        peer: Peer,
        options: &SessionOptions,
        probe: Option<Box<dyn Fn() -> bool + Send + Sync>>,
    ) -> Result<Connection, Refused> {
        let settings = self.monitor.settings_for(options).map_err(Refused::Access)?;
        let name = options.name.as_deref().map(Arc::from);
        let arrival =
            Arrival { peer, settings, name, probe, placement: self.placement, outlives_input: false };
        self.monitor.connect(&self.host, arrival)
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("placement", &self.placement).finish_non_exhaustive()
    }
}

/// Why a session was not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The access in the options names a command or event that the schema does not have.
    Access(AccessError),
    /// The limit [`Budgets::sessions`](crate::monitor::Budgets::sessions) is reached.
    Sessions,
    /// The client's user has reached the limit
    /// [`Budgets::sessions_of_a_user`](crate::monitor::Budgets::sessions_of_a_user).
    SessionsOfUser,
    /// The monitor has shut down.
    ShutDown,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refused::Access(_) => "the access does not fit the schema",
            Refused::Sessions => "too many sessions are open",
            Refused::SessionsOfUser => "the client's user has too many sessions open",
            Refused::ShutDown => "the monitor has shut down",
        })
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Refused::Access(error) => Some(error),
            Refused::Sessions | Refused::SessionsOfUser | Refused::ShutDown => None,
        }
    }
}

/// A session of a monitor: the state machine that makes every decision about its client.
///
/// Dropping it ends the session: no further command begins, and the reply to a running command is discarded.
pub struct Connection(Arc<Link>);

impl Connection {
    pub(crate) fn new(link: Arc<Link>) -> Connection {
        Connection(link)
    }

    /// The link, which a transport shares with its worker and service threads.
    pub(crate) fn link(&self) -> &Arc<Link> {
        &self.0
    }

    /// The session's number, unique in the process: the same as [`Context::session`](crate::Context::session).
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.number()
    }

    /// Reports that the client has sent `bytes` and, along with them, `files`, which belong to the next command that is
    /// completed. Call this only while the [interest](super::Interest) includes reading.
    pub fn receive(&mut self, bytes: &[u8], files: Vec<File>) {
        self.0.receive(bytes, files);
    }

    /// Reports that the kernel has dropped descriptors of the client (`MSG_CTRUNC`): the next command is refused.
    pub fn files_lost(&mut self) {
        self.0.files_lost();
    }

    /// Reports that the client has shut down its sending side. It may still read, so complete commands are answered.
    pub fn end_input(&mut self) {
        self.0.end_input();
    }

    /// Reports that the client has left: the connection was reset, or is closed in both directions. No further command
    /// begins.
    pub fn leave(&mut self) {
        self.0.leave();
    }

    /// Does all that can be done now, including running handlers, and returns what the caller must do next.
    ///
    /// The waker of `cx` is woken when it is time to call this again.
    pub fn advance(&mut self, cx: &mut task::Context<'_>) -> Action {
        self.0.advance(cx)
    }

    /// Passes output to `write` until all is written or `write` returns [`WouldBlock`](io::ErrorKind::WouldBlock) or 0.
    /// `write` must not block. Any other error but [`Interrupted`](io::ErrorKind::Interrupted) means that the client
    /// has left.
    pub fn flush(&mut self, write: impl FnMut(&[u8]) -> io::Result<usize>) -> Flushed {
        self.0.flush(write)
    }

    /// Moves the output into `bytes`, for a writer that works on its own, such as a thread or io_uring. Call
    /// [`written`](Connection::written) when `bytes` are written. Returns true when the session is over and no output
    /// was left.
    pub fn take_output(&mut self, bytes: &mut Vec<u8>) -> bool {
        self.0.take_output(bytes)
    }

    /// Reports that the output taken last is written. Until then it counts as unread by the client.
    pub fn written(&mut self) {
        self.0.written();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abandon();
        self.0.monitor.forget(&self.0);
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("session", &self.number()).finish_non_exhaustive()
    }
}
