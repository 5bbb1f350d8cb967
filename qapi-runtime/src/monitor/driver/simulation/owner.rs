//! What the owner of a session does, step by step, and its worker.

use super::client::{Client, Kind, Place, Worker};
use super::world::World;
use crate::monitor::driver::{Action, Flushed, Interest};
use std::rc::Rc;
use std::task::Context;

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
                client.arm();
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
