//! The owner's side of a session, and who owns many of them.

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

/// Opens sessions of a monitor for a loop of one's own.
///
/// Its waker is woken when events were sent, so that all its connections are to be
/// [advanced](Connection::advance), and when [`Monitor::next_deadline`] may have come nearer. It is woken once for
/// any number of sessions, and maybe while a sender of events waits, so it must not block. Clones are the same driver.
#[derive(Clone)]
pub struct Driver {
    monitor: Arc<Inner>,
    host: Arc<Host>,
    placement: Placement,
}

impl Driver {
    /// A driver of sessions of `monitor`, whose commands run as `placement` says.
    #[must_use]
    pub fn new(monitor: &Monitor, waker: Waker, placement: Placement) -> Driver {
        Driver { monitor: monitor.inner(), host: monitor.inner().add_host(waker, false), placement }
    }

    /// Whether a client is to be accepted now. It is not while as many sessions are open as may be, if the
    /// [budgets](crate::monitor::Budgets::wait_in_backlog) have clients wait.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.monitor.has_room_for_a_session()
    }

    /// Opens a session: its greeting is its first output.
    ///
    /// `probe`, if there is one, asks the kernel without waiting whether the client has left, for commands that would
    /// begin in vain and for handlers that ask.
    ///
    /// # Errors
    ///
    /// The monitor's [budgets](crate::monitor::Budgets) leave no room, it has shut down, or the access names what the schema
    /// does not have.
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
    /// The access in the options names what the schema does not have.
    Access(AccessError),
    /// As many sessions as [`Budgets::sessions`](crate::monitor::Budgets::sessions) are open.
    Sessions,
    /// The client's user has as many sessions as
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

/// A session of a monitor, and all that is decided about its client.
///
/// Dropped, it leaves: no command begins any more, the reply of one that runs is dropped.
pub struct Connection(Arc<Link>);

impl Connection {
    pub(crate) fn new(link: Arc<Link>) -> Connection {
        Connection(link)
    }

    /// What a transport shares with those who help it.
    pub(crate) fn link(&self) -> &Arc<Link> {
        &self.0
    }

    /// The session's number: unique in the process, as [`Context::session`](crate::Context::session) tells it to handlers.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.number()
    }

    /// The client has sent `bytes`, and `files` along with them: they belong to the first command that is complete from
    /// here on. To be called only while the [interest](super::Interest) is to read.
    pub fn receive(&mut self, bytes: &[u8], files: Vec<File>) {
        self.0.receive(bytes, files);
    }

    /// The kernel has dropped descriptors that the client sent (`MSG_CTRUNC`): the next command is refused.
    pub fn files_lost(&mut self) {
        self.0.files_lost();
    }

    /// The client has closed its direction, and may still read: complete commands are answered.
    pub fn end_input(&mut self) {
        self.0.end_input();
    }

    /// The client has left: the connection was reset, or is closed in both directions. No command begins any more.
    pub fn leave(&mut self) {
        self.0.leave();
    }

    /// Does all that can be done, handlers included, and says what to do next.
    ///
    /// The waker of `cx` is woken when that has changed.
    pub fn advance(&mut self, cx: &mut task::Context<'_>) -> Action {
        self.0.advance(cx)
    }

    /// Hands output to `write` until there is no more or the client takes no more, which `write` says by
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) or 0. It must not block. Any other error means that the client has left.
    pub fn flush(&mut self, write: impl FnMut(&[u8]) -> io::Result<usize>) -> Flushed {
        self.0.flush(write)
    }

    /// Takes all output away instead, for a writer that works on its own: a thread, or the kernel. When it has written
    /// `bytes`, [`written`](Connection::written) follows. Returns whether the session is over and nothing was left.
    pub fn take_output(&mut self, bytes: &mut Vec<u8>) -> bool {
        self.0.take_output(bytes)
    }

    /// What was taken away is written. Until then it counts as unread by the client.
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
