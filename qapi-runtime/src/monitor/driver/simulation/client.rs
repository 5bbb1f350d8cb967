//! The server's side of a connection: who owns the session and obeys the driver, as the transports do.

use super::caller::Caller;
use super::flag::Flag;
use super::jobs::JobFuture;
use super::socket::Socket;
use super::world::World;
use crate::monitor::driver::{Action, Connection, Flushed, Interest, Job, Link, Placement};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Context;

/// Whose pattern the owner of a session follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `transport::threads`: a thread that reads, and one for commands.
    Thread,
    /// `transport::tokio`: a task.
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
    parked: Cell<bool>,
    /// The service's watch over the socket, once it is armed: with room or only for the end.
    pub(super) watch: Cell<Option<bool>>,
    /// What a task has tokio wake it for: input, a change at the way out.
    registered: Cell<(bool, bool)>,
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
    told: Arc<Flag>,
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

    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
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
    fn note_departure(&self) {
        if self.socket.has_left() || !self.link.audit().is_gone {
            self.told_to_leave.set(true);
        }
    }

    /// Arms the service's watch, in place of the one before.
    pub(super) fn arm(&self, room: bool) {
        self.watch.set(Some(room));
    }

    /// What a thread or the service does after it has written.
    pub(super) fn settle(&self, flushed: Flushed) {
        match flushed {
            Flushed::Empty => {}
            Flushed::Blocked => self.arm(true),
            Flushed::Over => self.socket.shut(),
        }
    }

    /// The watch has to be armed again for a reader that is parked.
    pub(super) fn rearm(&self) {
        if self.parked.get() {
            self.arm_parked();
        }
    }

    fn arm_parked(&self) {
        let blocked = self.link.backlog().1;
        super::gap();
        self.arm(blocked);
        super::gap();
        if !blocked && self.link.backlog().1 {
            self.arm(true);
        }
    }

    /// Reads, and tells the driver what came of it.
    fn receive(&self, limit: usize) {
        match self.socket.receive(limit) {
            Ok((bytes, _)) if bytes.is_empty() && self.socket.has_hung_up() => self.leave(),
            Ok((bytes, _)) if bytes.is_empty() => self.link.end_input(),
            Ok((bytes, files)) => self.link.receive(&bytes, files),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.leave(),
        }
    }
}

impl World {
    /// The owner of a session takes a step.
    pub(super) fn step_owner(&self, client: &Rc<Client>) {
        let Some(place) = client.owner.at.take() else { return };
        let next = self.proceed(client, place, false);
        client.owner.at.replace(Some(next));
    }

    /// What a runner does at a place, and where it is then.
    pub(super) fn proceed(&self, client: &Rc<Client>, place: Place, works: bool) -> Place {
        self.trace(|| format!("{} {} at {place:?}", if works { "worker" } else { "owner" }, client.index));
        match place {
            Place::Start => {
                client.registered_at_service.set(true);
                Place::Look
            }
            Place::Look => self.look(client),
            Place::Write => match (client.flush(), client.kind) {
                (flushed, Kind::Thread) => Place::Settle(flushed),
                (Flushed::Over, Kind::Task) => Place::Settle(Flushed::Over),
                _ => Place::Look,
            },
            Place::Settle(flushed) => {
                client.settle(flushed);
                Place::Look
            }
            Place::Beside(job) => {
                match client.kind {
                    Kind::Thread => {
                        client.worker.jobs.borrow_mut().push_back(job);
                        client.owner.bell.wakes(&client.worker.told);
                    }
                    _ => self.spawn(client, job),
                }
                Place::Look
            }
            Place::Wait(_) if works => Place::Over,
            Place::Wait(interest) => self.wait(client, interest),
            Place::Read => {
                client.receive(self.chunk());
                client.owner.bell.take();
                Place::Look
            }
            Place::Park => {
                client.parked.set(false);
                client.owner.bell.take();
                Place::Look
            }
            Place::Idle(interest) => self.wake(client, interest),
            Place::Close => {
                client.socket.shut();
                if works { Place::Over } else { Place::Leave }
            }
            Place::Leave => {
                client.registered_at_service.set(false);
                client.note_departure();
                let connection = client.connection.borrow_mut().take();
                drop(connection);
                Place::Over
            }
            Place::Over => Place::Over,
        }
    }

    fn look(&self, client: &Rc<Client>) -> Place {
        let waker = client.owner.bell.waker();
        match client.link.advance(&mut Context::from_waker(&waker)) {
            Action::Write => Place::Write,
            Action::Beside(job) => Place::Beside(job),
            Action::Wait(interest) => Place::Wait(interest),
            Action::Close => Place::Close,
        }
    }

    fn wait(&self, client: &Rc<Client>, interest: Interest) -> Place {
        match client.kind {
            Kind::Thread if interest.read => Place::Read,
            Kind::Thread => {
                client.parked.set(true);
                client.arm_parked();
                Place::Park
            }
            Kind::Task => self.wait_as_task(client, interest),
            Kind::Loop(_) => Place::Idle(interest),
        }
    }

    /// What a task does before it returns to tokio.
    fn wait_as_task(&self, client: &Rc<Client>, interest: Interest) -> Place {
        if interest.read {
            if client.socket.is_readable() {
                client.receive(self.chunk());
                return Place::Look;
            }
            if !interest.write {
                client.registered.set((true, false));
                return Place::Idle(interest);
            }
        }
        while client.socket.take_change() {
            if client.socket.has_hung_up() {
                client.leave();
                return Place::Look;
            }
            if interest.write {
                let flushed = client.flush();
                return if flushed == Flushed::Over { Place::Settle(flushed) } else { Place::Look };
            }
        }
        client.registered.set((interest.read, true));
        if interest.write {
            let before = client.link.backlog();
            let flushed = client.flush();
            if client.link.backlog() != before {
                return if flushed == Flushed::Over { Place::Settle(flushed) } else { Place::Look };
            }
        }
        Place::Idle(interest)
    }

    /// A task is polled again, or a loop turns to a session.
    fn wake(&self, client: &Rc<Client>, interest: Interest) -> Place {
        client.owner.bell.take();
        client.registered.set((false, false));
        if let Kind::Loop(_) = client.kind {
            if interest.read && client.socket.is_readable() {
                // A loop may read again before it asks what to do.
                for _ in 0..self.random.pick(&[1, 1, 1, 2, 4]) {
                    client.receive(self.chunk());
                }
            } else if client.socket.has_hung_up() {
                client.leave();
            } else if interest.write && client.socket.has_room() {
                return Place::Write;
            }
        }
        Place::Look
    }

    /// How much is read at once.
    fn chunk(&self) -> usize {
        self.random.pick(&[1, 10, 100, 32 * 1024, 32 * 1024])
    }

    /// A session's worker takes a step.
    pub(super) fn step_worker(&self, client: &Rc<Client>) {
        let worker = &client.worker;
        worker.busy.set(true);
        let place = worker.obeys.at.take();
        if let Some(place) = place {
            let next = self.proceed(client, place, true);
            if matches!(next, Place::Over | Place::Idle(_)) {
                // The reader may have looked meanwhile, and waits for what was to be waited for then.
                client.owner.bell.set_alone();
            }
            worker.obeys.at.replace(Some(next).filter(|next| !matches!(next, Place::Over)));
        } else if !self.step_jobs_of(client) && worker.told.take() {
            worker.obeys.at.replace(Some(Place::Look));
        }
        worker.busy.set(false);
    }
}

impl World {
    /// A worker goes on with its job, or begins the next; returns whether there is any.
    fn step_jobs_of(&self, client: &Rc<Client>) -> bool {
        let worker = &client.worker;
        let current = worker.current.take().or_else(|| {
            worker.bell.set();
            let job = worker.jobs.borrow_mut().pop_front();
            job.map(|job| self.run_job(client, job, false))
        });
        let Some(mut job) = current else { return false };
        worker.bell.take();
        let waker = worker.bell.waker();
        if job.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
            worker.obeys.at.replace(Some(Place::Look));
        } else {
            worker.current.replace(Some(job));
        }
        true
    }
}

impl Worker {
    pub(super) fn can_proceed(&self) -> bool {
        if self.busy.get() {
            return false;
        }
        let obeys = self.obeys.at.borrow().is_some();
        let awaits = self.current.borrow().is_some();
        let has_orders = self.told.is_set() || !self.jobs.borrow().is_empty();
        obeys || if awaits { self.bell.is_set() } else { has_orders }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client {}", self.index)
    }
}
