//! Who serves sessions: the service of the transports, and event loops.

use super::client::{Client, Place};
use super::flag::Flag;
use super::settings::HostKind;
use super::world::World;
use crate::monitor::driver::{Flushed, Host};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// A service or a loop.
pub(super) struct HostRunner {
    pub(super) kind: HostKind,
    /// None once the loop has ended.
    pub(super) host: RefCell<Option<Arc<Host>>>,
    pub(super) rung: Arc<Flag>,
    pub(super) busy: Cell<bool>,
    pub(super) asleep: Cell<bool>,
    /// When it wakes by itself.
    pub(super) until: Cell<Option<Duration>>,
    /// The newest event that the service has helped all with.
    seen: Cell<u64>,
    errands: RefCell<VecDeque<Errand>>,
}

/// What a service or a loop has to do before it sleeps.
#[derive(Debug)]
enum Errand {
    Look,
    Help(Rc<Client>),
    Settle(Rc<Client>, Flushed),
    /// The watch has told of the client.
    Told(Rc<Client>),
    Flush(Rc<Client>),
    Rearm(Rc<Client>),
    /// A loop obeys the driver for the session.
    Obey(Rc<Client>),
}

impl HostRunner {
    pub(super) fn new(kind: HostKind, host: Arc<Host>, rung: Arc<Flag>) -> HostRunner {
        HostRunner {
            kind,
            host: RefCell::new(Some(host)),
            rung,
            busy: Cell::new(false),
            asleep: Cell::new(false),
            until: Cell::new(None),
            seen: Cell::new(0),
            errands: RefCell::new([Errand::Look].into()),
        }
    }

    /// Whether it is awake, or will be at this time.
    pub(super) fn wakes_until(&self, deadline: Duration) -> bool {
        !self.asleep.get() || self.rung.is_set() || self.until.get().is_some_and(|until| until <= deadline)
    }

    pub(super) fn can_proceed(&self, world: &World, index: usize) -> bool {
        if self.busy.get() || self.host.borrow().is_none() {
            return false;
        }
        if !self.asleep.get() {
            return true;
        }
        let due = self.until.get().is_some_and(|until| until <= world.clock.monotonic());
        due || self.rung.is_set()
            || world.clients.borrow().iter().any(|client| self.is_woken_by(client, index))
    }

    fn is_woken_by(&self, client: &Client, index: usize) -> bool {
        if client.host != index || client.is_over() {
            return false;
        }
        match self.kind {
            HostKind::Service => is_told(client),
            HostKind::Loop(_) => client.owner_can_proceed(),
        }
    }

    /// A loop has to turn to a session that has just been opened.
    pub(super) fn is_new(&self, client: &Rc<Client>) {
        if let HostKind::Loop(_) = self.kind {
            self.asleep.set(false);
            self.errands.borrow_mut().push_back(Errand::Obey(Rc::clone(client)));
        }
    }
}

/// Whether the service's watch over the socket has something to tell.
fn is_told(client: &Client) -> bool {
    let armed = client.watch.get();
    armed.is_some_and(|room| client.socket.has_hung_up() || room && client.socket.has_room())
}

impl World {
    pub(super) fn step_host(&self, index: usize) {
        let runner = Rc::clone(&self.hosts.borrow()[index]);
        runner.busy.set(true);
        if runner.asleep.get() {
            self.wake_host(&runner, index);
        } else {
            let errand = runner.errands.borrow_mut().pop_front();
            match errand {
                Some(errand) => self.run(&runner, errand, index),
                None => self.sleep(&runner),
            }
        }
        runner.busy.set(false);
    }

    fn sleep(&self, runner: &HostRunner) {
        let deadline = self.inner.next_deadline();
        let held = match (&*runner.host.borrow(), runner.kind) {
            (Some(host), HostKind::Service) => host.wait().map(|wait| self.clock.monotonic() + wait),
            _ => None,
        };
        runner.until.set(deadline.into_iter().chain(held).min());
        runner.asleep.set(true);
    }

    fn wake_host(&self, runner: &HostRunner, index: usize) {
        runner.asleep.set(false);
        let rung = runner.rung.take();
        let mut errands = runner.errands.borrow_mut();
        let clients: Vec<_> =
            self.clients.borrow().iter().filter(|client| client.host == index).cloned().collect();
        match runner.kind {
            HostKind::Service => {
                for client in clients.into_iter().filter(|client| is_told(client)) {
                    client.watch.set(None);
                    errands.extend([
                        Errand::Told(Rc::clone(&client)),
                        Errand::Flush(Rc::clone(&client)),
                        Errand::Rearm(client),
                    ]);
                }
                errands.push_back(Errand::Look);
            }
            HostKind::Loop(_) => {
                errands.push_back(Errand::Look);
                for client in clients {
                    if rung && !client.is_over() || client.owner_can_proceed() {
                        errands.push_back(Errand::Obey(client));
                    }
                }
            }
        }
    }

    fn run(&self, runner: &HostRunner, errand: Errand, index: usize) {
        self.trace(|| format!("host {index}: {errand:?}"));
        match errand {
            Errand::Look => self.look_after_all(runner, index),
            Errand::Help(client) => {
                if client.registered_at_service.get()
                    && let Some(flushed) = client.help()
                {
                    runner.errands.borrow_mut().push_front(Errand::Settle(client, flushed));
                }
            }
            Errand::Settle(client, flushed) => match client.kind {
                super::client::Kind::Task if flushed != Flushed::Over => {}
                _ => client.settle(flushed),
            },
            Errand::Told(client) => {
                if client.socket.has_hung_up() {
                    client.leave();
                    // Not watched any more: it would be told at once, again and again.
                    runner.errands.borrow_mut().retain(|errand| match errand {
                        Errand::Flush(other) | Errand::Rearm(other) => !Rc::ptr_eq(other, &client),
                        _ => true,
                    });
                }
            }
            Errand::Flush(client) => {
                let flushed = client.flush();
                runner.errands.borrow_mut().push_front(Errand::Settle(client, flushed));
            }
            Errand::Rearm(client) => {
                if client.parked.get() {
                    client.arm();
                }
            }
            Errand::Obey(client) => {
                self.step_owner(&client);
                let waits = matches!(*client.owner.at.borrow(), Some(Place::Idle(_) | Place::Over));
                if !waits {
                    runner.errands.borrow_mut().push_front(Errand::Obey(client));
                }
            }
        }
    }

    /// What `Registry::look` does, and what a loop does with the time.
    fn look_after_all(&self, runner: &HostRunner, index: usize) {
        let now = crate::clock::Clock::now(&*self.clock);
        self.inner.advance(now);
        let host = runner.host.borrow().clone();
        let (HostKind::Service, Some(host)) = (runner.kind, host) else { return };
        let (noted, all) = host.look();
        let newest = self.inner.log.newest();
        let mut errands = runner.errands.borrow_mut();
        let clients = self.clients.borrow();
        if runner.seen.replace(newest) != newest || all {
            let known = clients.iter().filter(|client| client.host == index);
            errands
                .extend(known.filter(|client| client.registered_at_service.get()).cloned().map(Errand::Help));
        }
        for link in noted {
            let noted = clients.iter().find(|client| Arc::ptr_eq(&client.link, &link));
            errands.extend(noted.cloned().map(Errand::Help));
        }
    }

    /// A loop ends, and with it its sessions.
    pub(super) fn end_host(&self, index: usize) {
        let runner = Rc::clone(&self.hosts.borrow()[index]);
        runner.errands.borrow_mut().clear();
        let host = runner.host.take();
        drop(host);
        let clients: Vec<_> =
            self.clients.borrow().iter().filter(|client| client.host == index).cloned().collect();
        for client in clients {
            client.ended_by.set(Some("its loop has ended"));
            client.socket.shut();
            let connection = client.connection.take();
            drop(connection);
            client.owner.at.replace(Some(Place::Over));
        }
    }
}
