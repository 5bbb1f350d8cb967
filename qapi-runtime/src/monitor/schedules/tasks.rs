//! A session's task on a runtime, like that of `transport/asynchronous`, and an embedder's event loop with many sessions.

use super::block_on;
use super::threads::{Beside, Service, run, tell};
use super::wire::Wire;
use crate::Peer;
use crate::monitor::driver::{Action, Connection, Driver, Flushed, Link, Placement};
use crate::monitor::{Monitor, SessionOptions};
use crate::sync::{Condvar, Mutex, lock, wait};
use crate::transport::registry::Helped;
use shuttle::thread::{self, JoinHandle};
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

/// Has a task polled.
#[derive(Default)]
pub(super) struct Due {
    due: Mutex<bool>,
    changed: Condvar,
}

impl Due {
    fn wait(&self) {
        let mut due = lock(&self.due);
        while !std::mem::take(&mut *due) {
            due = wait(&self.changed, due);
        }
    }
}

impl Wake for Due {
    fn wake(self: Arc<Due>) {
        *lock(&self.due) = true;
        self.changed.notify_all();
    }
}

/// A session's socket as the service sees it.
struct Socket {
    link: Arc<Link>,
    wire: Arc<Wire>,
}

impl Helped for Socket {
    fn link(&self) -> &Arc<Link> {
        &self.link
    }

    fn help(&self) {
        if self.link.help(|bytes| self.wire.write(bytes)) == Some(Flushed::Over) {
            self.wire.shut();
        }
    }
}

/// Starts a task that serves a client.
pub(super) fn start(
    connection: Connection,
    wire: &Arc<Wire>,
    service: &Arc<Service>,
) -> (Arc<Link>, JoinHandle<()>) {
    let link = Arc::clone(connection.link());
    let socket = Arc::new(Socket { link: Arc::clone(&link), wire: Arc::clone(wire) });
    service.registry.add(&socket);
    let service = Arc::clone(service);
    let task = thread::spawn(move || {
        let due = Arc::<Due>::default();
        let waker = Waker::from(Arc::clone(&due));
        while !poll(&connection, &socket.wire, &service.beside, &waker) {
            due.wait();
        }
        socket.wire.shut();
        service.registry.remove(connection.number());
    });
    (link, task)
}

/// Does all that can be done; returns whether the session is over.
fn poll(connection: &Connection, wire: &Arc<Wire>, beside: &Beside, waker: &Waker) -> bool {
    let link = connection.link();
    loop {
        match link.advance(&mut Context::from_waker(waker)) {
            Action::Write => flush(link, wire),
            Action::Beside(job) => beside.start(move || block_on(run(job))),
            Action::Close => return true,
            Action::Wait(interest) => {
                if interest.read
                    && let Some(received) = wire.poll_receive(waker)
                {
                    tell(link, received);
                    continue;
                }
                if interest.read && !interest.write {
                    return false;
                }
                wire.await_change(waker);
                if wire.has_hung_up() && !link.origin.presence().has_left() {
                    link.leave();
                } else if interest.write && wire.has_room() {
                    flush(link, wire);
                } else {
                    return false;
                }
            }
        }
    }
}

fn flush(link: &Link, wire: &Wire) {
    if link.flush(|bytes| wire.write(bytes)) == Flushed::Over {
        wire.shut();
    }
}

/// A loop with a session on each of the wires, which ends with the last of them.
pub(super) fn start_loop(monitor: &Monitor, wires: &[Arc<Wire>], placement: Placement) -> JoinHandle<()> {
    let due = Arc::<Due>::default();
    let waker = Waker::from(Arc::clone(&due));
    let driver = Driver::new(monitor, waker.clone(), placement);
    let connect = || driver.connect(Peer::Stdio, &SessionOptions::default(), None);
    let mut sessions: Vec<_> =
        wires.iter().map(|wire| (connect().expect("there is room"), Arc::clone(wire))).collect();
    thread::spawn(move || {
        let beside = Beside::default();
        loop {
            sessions.retain(|(connection, wire)| {
                let over = poll(connection, wire, &beside, &waker);
                if over {
                    wire.shut();
                }
                !over
            });
            if sessions.is_empty() {
                return beside.join();
            }
            due.wait();
        }
    })
}
