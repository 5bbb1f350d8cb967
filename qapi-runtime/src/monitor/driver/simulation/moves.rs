//! All things that could happen next, and one of them chosen.

use super::client::{Client, Kind};
use super::settings::HostKind;
use super::world::World;
use std::rc::Rc;
use std::time::Duration;

/// Something that could happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// A client connects at this host.
    Arrive(usize),
    /// A client sends, reads, stops reading or starts again.
    Send(usize),
    Read(usize),
    Stall(usize),
    /// A client closes its direction, the socket, or has it reset.
    End(usize),
    Leave(usize),
    Reset(usize),
    /// A session's thread or task goes on.
    Owner(usize),
    /// A session's worker goes on.
    Worker(usize),
    /// A service or a loop goes on.
    Host(usize),
    EndHost(usize),
    Job(usize),
    DropJob(usize),
    /// An async handler may go on.
    Gate(usize),
    /// An event comes from outside of the handlers.
    Event(bool),
    Pass(Duration),
    ShutDown,
    Closer,
}

/// A thing that could happen, and how likely it is.
type Weighed = (Move, usize);

/// How deep handlers may nest.
const DEPTH: usize = 3;

impl World {
    /// Does one thing, if there is anything to do.
    pub(super) fn step(&self) -> bool {
        let moves = self.moves();
        let total: usize = moves.iter().map(|(_, weight)| weight).sum();
        if total == 0 {
            return false;
        }
        let mut left = self.random.below(total);
        for (choice, weight) in moves {
            if left < weight {
                self.perform(choice);
                break;
            }
            left -= weight;
        }
        true
    }

    /// Has other threads take some steps while a handler runs, or in a gap between two locks.
    pub(super) fn nest(&self, steps: usize) {
        if self.depth.get() >= DEPTH || self.failure().is_some() {
            return;
        }
        self.depth.set(self.depth.get() + 1);
        for _ in 0..steps {
            if !self.step() {
                break;
            }
        }
        self.depth.set(self.depth.get() - 1);
    }

    fn perform(&self, choice: Move) {
        self.counts.steps.set(self.counts.steps.get() + 1);
        if !matches!(choice, Move::Owner(_) | Move::Worker(_) | Move::Host(_)) {
            self.trace(|| format!("{choice:?}"));
        }
        match choice {
            Move::Arrive(host) => self.arrive(host),
            Move::Send(index) => self.send(index),
            Move::Read(index) => self.read(index),
            Move::Stall(index) => {
                let client = self.client(index);
                let mut caller = client.caller.borrow_mut();
                caller.stalls = !caller.stalls;
            }
            Move::End(index) => self.client(index).socket.end(),
            Move::Leave(index) => self.depart(index, false),
            Move::Reset(index) => self.depart(index, true),
            Move::Owner(index) => self.step_owner(&self.client(index)),
            Move::Worker(index) => self.step_worker(&self.client(index)),
            Move::Host(index) => self.step_host(index),
            Move::EndHost(index) => self.end_host(index),
            Move::Job(index) => {
                let task = Rc::clone(&self.jobs.borrow()[index]);
                self.step_job(&task);
            }
            Move::DropJob(index) => {
                let task = Rc::clone(&self.jobs.borrow()[index]);
                self.drop_job(&task);
            }
            Move::Gate(number) => self.open_gate(number),
            Move::Event(throttled) => drop(self.send_event(throttled)),
            Move::Pass(time) => self.clock.pass(time),
            Move::ShutDown => self.shut_down(Duration::from_secs(self.random.pick(&[0, 1, 3600]))),
            Move::Closer => self.step_closer(),
        }
    }

    pub(super) fn client(&self, index: usize) -> Rc<Client> {
        Rc::clone(&self.clients.borrow()[index])
    }

    fn depart(&self, index: usize, reset: bool) {
        self.counts.count(|counts| counts.departures += 1);
        self.client(index).socket.leave(reset);
    }

    fn moves(&self) -> Vec<Weighed> {
        let mut moves = Vec::with_capacity(32);
        for client in &*self.clients.borrow() {
            self.moves_of_client(client, &mut moves);
            moves_of_server(client, &mut moves);
        }
        for (index, host) in self.hosts.borrow().iter().enumerate() {
            if host.can_proceed(self, index) {
                moves.push((Move::Host(index), 30));
            }
        }
        for (index, job) in self.jobs.borrow().iter().enumerate() {
            if job.can_proceed() {
                moves.push((Move::Job(index), 20));
            }
            if job.is_there() && !self.ends.get() {
                moves.push((Move::DropJob(index), 2));
            }
        }
        let gates = self.gates.borrow();
        let shut = gates.iter().filter(|(_, gate)| !gate.0);
        moves.extend(shut.map(|(number, _)| (Move::Gate(*number), 4)));
        drop(gates);
        if self.closer_can_proceed() {
            moves.push((Move::Closer, 10));
        }
        if !self.ends.get() {
            self.moves_from_outside(&mut moves);
        }
        moves
    }

    fn moves_of_client(&self, client: &Client, moves: &mut Vec<Weighed>) {
        let (index, socket) = (client.index, &client.socket);
        if socket.has_left() {
            return;
        }
        let Ok(caller) = client.caller.try_borrow() else { return };
        let ends = self.ends.get();
        let has_output = if ends { caller.is_amid() } else { caller.has_output() };
        if has_output && socket.takes_input() {
            moves.push((Move::Send(index), 25));
        }
        if socket.unread() > 0 && !caller.stalls {
            moves.push((Move::Read(index), 25));
        }
        if !ends {
            moves.push((Move::Stall(index), if caller.stalls { 3 } else { 1 }));
            if self.counts.steps.get() % 4 == 0 {
                moves.push((Move::Leave(index), 1));
                moves.push((Move::Reset(index), 1));
            }
            if self.counts.steps.get() % 4 == 0 && socket.takes_input() && !caller.is_amid() {
                moves.push((Move::End(index), 1));
            }
        }
    }

    fn moves_from_outside(&self, moves: &mut Vec<Weighed>) {
        let clients = self.clients.borrow().len();
        for (index, host) in self.hosts.borrow().iter().enumerate() {
            if clients < self.settings.clients && host.host.borrow().is_some() && !host.busy.get() {
                moves.push((Move::Arrive(index), if clients == 0 { 50 } else { 8 }));
            }
            if host.kind != HostKind::Service && !host.busy.get() && host.host.borrow().is_some() {
                let quiet = self
                    .clients
                    .borrow()
                    .iter()
                    .all(|client| client.host != index || !client.owner_is_busy());
                if quiet && self.settings.ends_loops && self.counts.steps.get() % 16 == 0 {
                    moves.push((Move::EndHost(index), 10));
                }
            }
        }
        if !self.settings.is_quiet {
            moves.push((Move::Event(false), 12));
            moves.push((Move::Event(true), 4));
        }
        moves.push((Move::Pass(Duration::from_micros(500)), 15));
        moves.push((Move::Pass(Duration::from_millis(700)), 5));
        if self.counts.steps.get() % 32 == 0 {
            moves.push((Move::Pass(self.settings.budgets.negotiation / 2), 10));
            if self.settings.shuts_down && self.closer.borrow().is_none() {
                moves.push((Move::ShutDown, 15));
            }
        }
    }
}

fn moves_of_server(client: &Client, moves: &mut Vec<Weighed>) {
    // A loop turns to its sessions one by one.
    if !matches!(client.kind, Kind::Loop(_)) && client.owner_can_proceed() {
        moves.push((Move::Owner(client.index), 30));
    }
    if client.worker.can_proceed() {
        moves.push((Move::Worker(client.index), 20));
    }
}
