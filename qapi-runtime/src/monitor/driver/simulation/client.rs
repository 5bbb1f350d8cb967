//! The server's side of a connection: who owns the session and obeys the driver, as the transports do.

use super::caller::Caller;
use super::flag::Flag;
use super::jobs::JobFuture;
use super::socket::Socket;
use crate::monitor::driver::{Connection, Flushed, Interest, Job, Link, Placement};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::Arc;

/// Whose pattern the owner of a session follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `transport::threads`: a thread that reads, and one for commands.
    Thread,
    /// `transport::asynchronous`: a task.
    Task,
    /// An event loop.
    Loop(Placement),
}

/// A client as its server has it.
pub(super) struct Client {
    pub(super) index: usize,
    pub(super) host: usize,
    pub(super) kind: Kind,
    pub(super) link: Arc<Link>,
    pub(super) connection: RefCell<Option<Connection>>,
    pub(super) socket: Arc<Socket>,
    /// The driver can ask whether the client has left.
    pub(super) probed: bool,
    pub(super) caller: RefCell<Caller>,
    /// Where the owner is: the reader, the task, or the loop with this session.
    pub(super) owner: Runner,
    pub(super) worker: Worker,
    /// The reader is parked.
    pub(super) parked: Cell<bool>,
    /// The service's watch over the socket, once it is armed: with room or only for the end.
    pub(super) watch: Cell<Option<bool>>,
    /// What a task has tokio wake it for: input, a change at the way out.
    pub(super) registered: Cell<(bool, bool)>,
    /// The service's registry has it.
    pub(super) registered_at_service: Cell<bool>,
    /// The newest event when the negotiation ended.
    pub(super) negotiated_at: Cell<Option<u64>>,
    /// The client has left, and since then something has happened after which the driver has to ask.
    pub(super) must_ask: Cell<bool>,
    /// A transport has told the driver that the client has left.
    pub(super) told_to_leave: Cell<bool>,
    /// Jobs of it were dropped, as by a runtime that ends.
    pub(super) dropped_jobs: Cell<bool>,
    /// What the two of them were before this step: when the negotiation ended, and the newest event that was read.
    pub(super) negotiated_before: Cell<Option<u64>>,
    pub(super) seen_before: Cell<u64>,
    /// Why the session has ended early.
    pub(super) ended_by: Cell<Option<&'static str>>,
}

/// A thread or task that obeys the driver for a session.
pub(super) struct Runner {
    /// Nothing while it takes a step.
    pub(super) at: RefCell<Option<Place>>,
    pub(super) bell: Arc<Flag>,
}

/// Where a runner is.
#[derive(Debug)]
pub(super) enum Place {
    Start,
    Look,
    Write,
    Settle(Flushed),
    Beside(Job),
    Wait(Interest),
    /// Blocked in a read.
    Read,
    /// Parked until its bell is rung.
    Park,
    /// A task that was polled, or a session of a loop that waits for this.
    Idle(Interest),
    Close,
    Leave,
    Over,
}

/// The thread that runs a session's commands.
pub(super) struct Worker {
    pub(super) jobs: RefCell<VecDeque<Job>>,
    pub(super) current: RefCell<Option<JobFuture>>,
    /// After a job, and when it is told, it obeys the driver, too.
    pub(super) obeys: Runner,
    /// It is to look after the session, whose reader may be reading.
    pub(super) told: Arc<Flag>,
    pub(super) bell: Arc<Flag>,
    pub(super) busy: Cell<bool>,
}

impl Runner {
    fn new(place: Option<Place>) -> Runner {
        Runner { at: RefCell::new(place), bell: Arc::default() }
    }
}

impl Client {
    pub(super) fn new(
        (index, host, kind): (usize, usize, Kind),
        connection: Connection,
        socket: Arc<Socket>,
        probed: bool,
        caller: Caller,
    ) -> Client {
        Client {
            index,
            host,
            kind,
            link: Arc::clone(connection.link()),
            connection: RefCell::new(Some(connection)),
            socket,
            probed,
            caller: RefCell::new(caller),
            owner: Runner::new(Some(Place::Start)),
            worker: Worker {
                jobs: RefCell::default(),
                current: RefCell::default(),
                obeys: Runner::new(None),
                told: Arc::default(),
                bell: Arc::default(),
                busy: Cell::new(false),
            },
            parked: Cell::new(false),
            watch: Cell::new(None),
            registered: Cell::new((false, false)),
            registered_at_service: Cell::new(false),
            negotiated_at: Cell::new(None),
            must_ask: Cell::new(false),
            told_to_leave: Cell::new(false),
            dropped_jobs: Cell::new(false),
            negotiated_before: Cell::new(None),
            seen_before: Cell::new(0),
            ended_by: Cell::new(None),
        }
    }

    /// Whether its owner is done with it.
    pub(super) fn is_over(&self) -> bool {
        matches!(*self.owner.at.borrow(), Some(Place::Over))
    }

    /// Whether the owner takes a step.
    pub(super) fn owner_is_busy(&self) -> bool {
        self.owner.at.borrow().is_none()
    }

    /// Whether the owner has nothing to do until something happens.
    pub(super) fn owner_rests(&self) -> bool {
        matches!(*self.owner.at.borrow(), Some(Place::Read | Place::Park | Place::Idle(_)))
    }

    /// Whether its owner waits for input, among other things. One that is blocked in a read cannot be told otherwise.
    pub(super) fn waits_for_input(&self) -> bool {
        matches!(*self.owner.at.borrow(), Some(Place::Idle(interest)) if interest.read)
    }

    /// Whether its thread is blocked in a read.
    pub(super) fn reads_and_hears_nothing(&self) -> bool {
        matches!(*self.owner.at.borrow(), Some(Place::Read))
    }

    /// Whether the owner can go on by itself, or what it waits for has happened.
    pub(super) fn owner_can_proceed(&self) -> bool {
        match &*self.owner.at.borrow() {
            None | Some(Place::Over) => false,
            Some(Place::Read) => self.socket.is_readable(),
            Some(Place::Park) => self.owner.bell.is_set(),
            Some(Place::Idle(interest)) => match self.kind {
                Kind::Task => {
                    let (input, change) = self.registered.get();
                    let has_input = input && self.socket.is_readable();
                    self.owner.bell.is_set() || has_input || change && self.socket.has_changed()
                }
                _ => self.is_ready_for(*interest) || self.owner.bell.is_set(),
            },
            Some(_) => true,
        }
    }

    /// Whether a loop's poll of the socket tells of it.
    pub(super) fn is_ready_for(&self, interest: Interest) -> bool {
        let readable = interest.read && self.socket.is_readable();
        readable || interest.write && self.socket.has_room() || self.socket.has_hung_up()
    }

    pub(super) fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.send(bytes)
    }

    pub(super) fn flush(&self) -> Flushed {
        self.link.flush(|bytes| self.send(bytes))
    }

    pub(super) fn help(&self) -> Option<Flushed> {
        self.time_has_passed();
        self.link.help(|bytes| self.send(bytes))
    }

    /// Something happens after which the driver asks whether the client has left, before it begins a command.
    pub(super) fn time_has_passed(&self) {
        if self.socket.has_left() {
            self.must_ask.set(true);
        }
    }

    pub(super) fn leave(&self) {
        self.note_departure();
        self.link.leave();
    }

    /// Notes that the driver is told of a departure, be it that of the client or the session's own end.
    pub(super) fn note_departure(&self) {
        if self.socket.has_left() || !self.link.audit().is_gone {
            self.told_to_leave.set(true);
        }
    }

    /// Arms the service's watch, in place of the one before, for what the link says now.
    pub(super) fn arm(&self) {
        let (_, blocked) = self.link.backlog();
        self.watch.set(Some(blocked));
    }

    /// What a thread or the service does after it has written.
    pub(super) fn settle(&self, flushed: Flushed) {
        match flushed {
            Flushed::Empty => {}
            Flushed::Blocked => self.arm(),
            Flushed::Over => self.socket.shut(),
        }
    }

    /// Reads, and tells the driver what came of it.
    pub(super) fn receive(&self, limit: usize) {
        match self.socket.receive(limit) {
            Ok((bytes, _)) if bytes.is_empty() && self.socket.has_hung_up() => self.leave(),
            Ok((bytes, _)) if bytes.is_empty() => self.link.end_input(),
            Ok((bytes, files)) => self.link.receive(&bytes, files),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.leave(),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client {}", self.index)
    }
}
