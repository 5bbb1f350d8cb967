//! A session on a blocking pipe has a reader thread and a writer thread: neither waits for the other in vain.
//!
//! Follows `transport/threads/pipe.rs` step by step; only the system is modelled.

use super::bell::Bell;
use super::threads::{Service, run};
use super::wire::{Received, Wire};
use super::world::{self, NEGOTIATE, NEGOTIATE_OOB, works};
use super::{block_on, check};
use crate::monitor::driver::{Action, Connection, Interest, Link, Placement};
use crate::sync::{Condvar, Mutex, lock, wait};
use crate::transport::registry::Helped;
use shuttle::thread;
use std::io;
use std::sync::Arc;
use std::task::{Context, Waker};

struct Pipe {
    link: Arc<Link>,
    wire: Arc<Wire>,
    service: Arc<Service>,
    bell: Arc<Bell>,
    waker: Waker,
    /// There may be output for the writer.
    due: Mutex<bool>,
    changed: Condvar,
    connection: Mutex<Option<Connection>>,
}

impl Pipe {
    fn new(connection: Connection, wire: &Arc<Wire>, service: &Arc<Service>) -> Arc<Pipe> {
        let link = Arc::clone(connection.link());
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        let (due, changed, connection) = (Mutex::default(), Condvar::new(), Mutex::new(Some(connection)));
        let (wire, service) = (Arc::clone(wire), Arc::clone(service));
        let pipe = Arc::new(Pipe { link, wire, service, bell, waker, due, changed, connection });
        pipe.service.registry.add(&pipe);
        pipe
    }

    fn ring(&self) {
        *lock(&self.due) = true;
        self.changed.notify_one();
    }

    fn read_all(&self) {
        self.bell.is_for_this_thread();
        loop {
            self.bell.quiet();
            let Some(interest) = self.obey() else { break };
            if !interest.read {
                self.bell.wait();
                continue;
            }
            match self.wire.receive() {
                Received::Bytes(bytes) => self.link.receive(&bytes, Vec::new()),
                Received::Ended | Received::HungUp => self.link.end_input(),
            }
        }
        self.end();
    }

    fn obey(&self) -> Option<Interest> {
        let mut cx = Context::from_waker(&self.waker);
        loop {
            match self.link.advance(&mut cx) {
                Action::Write => self.hand_over(),
                Action::Beside(job) => block_on(run(job)),
                Action::Wait(interest) => return Some(interest),
                Action::Close => return None,
            }
        }
    }

    fn hand_over(&self) {
        self.link.flush(|_| Err(io::ErrorKind::WouldBlock.into()));
        self.ring();
    }

    fn write_all(&self) {
        let mut bytes = Vec::new();
        loop {
            if self.link.take_output(&mut bytes) {
                return self.end();
            }
            if bytes.is_empty() {
                let mut due = lock(&self.due);
                while !std::mem::take(&mut *due) {
                    due = wait(&self.changed, due);
                }
                continue;
            }
            let written = self.wire.write_all(&bytes);
            self.link.written();
            if written.is_err() {
                self.link.leave();
            }
        }
    }

    fn end(&self) {
        self.service.registry.remove(self.link.number());
        drop(lock(&self.connection).take());
        self.ring();
    }
}

impl Helped for Pipe {
    fn link(&self) -> &Arc<Link> {
        &self.link
    }

    fn help(&self) {
        self.link.help(|_| Err(io::ErrorKind::WouldBlock.into()));
        self.ring();
    }
}

/// How a session ends.
#[derive(Clone, Copy)]
enum End {
    OfInput,
    /// The client reads no more.
    OfBoth,
}

/// A client sends commands, while there are so many events and no more than `limit` bytes may wait for it.
fn served(negotiation: &str, events: u64, limit: usize, end: End) {
    let monitor = world::monitor_with(works, |builder| builder.output_limit(limit));
    let log = monitor.inner().log.clone();
    let (service, helper) = Service::start(&monitor);
    let wire = Wire::new(&service.watch, 30);
    let pipe = Pipe::new(service.connect(&monitor, Placement::Thread), &wire, &service);
    drop(service);
    let (reads, writes) = (Arc::clone(&pipe), pipe);
    let threads = [thread::spawn(move || reads.read_all()), thread::spawn(move || writes.write_all())];
    wire.send(negotiation);
    wire.read(2);
    wire.send("{'execute': 'work'} {'execute': 'work'} {'execute': 'work'}");
    let sends = thread::spawn(move || (0..events).for_each(|number| world::send(&log, 0, number)));
    if let End::OfInput = end {
        let lines = wire.read(2 + 3 + events as usize);
        assert_eq!(world::answers(&lines), 1 + 3);
        world::assert_complete(&world::events(&lines), 1, events);
        wire.end();
    } else {
        wire.hang_up();
    }
    sends.join().expect("no panic");
    threads.into_iter().chain([helper]).for_each(|thread| thread.join().expect("no panic"));
    world::assert_over(&monitor);
}

#[test]
fn pipes_are_served() {
    check("pipes_are_served", || served(NEGOTIATE, 2, 10_000, End::OfInput));
}

#[test]
fn pipes_with_workers() {
    check("pipes_with_workers", || served(NEGOTIATE_OOB, 2, 10_000, End::OfInput));
}

#[test]
fn pipes_with_a_limit() {
    check("pipes_with_a_limit", || served(NEGOTIATE, 0, 20, End::OfInput));
}

#[test]
fn pipes_end() {
    check("pipes_end", || served(NEGOTIATE, 2, 10_000, End::OfBoth));
}
