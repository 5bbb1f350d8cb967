//! Commands run on other threads while the owner of the session waits: no reply is lost, and every session ends.

use super::check;
use super::world::{self, Gate, NEGOTIATE, NEGOTIATE_OOB, World};
use crate::monitor::driver::Placement;
use shuttle::thread;

/// In-band commands wait for each other, out-of-band ones do not. The client shuts down its sending side at once.
fn finished(placement: Placement, room: usize) {
    let mut world = World::new(world::monitor(world::works));
    let wire = world.client(placement, NEGOTIATE_OOB, room);
    wire.send("{'execute': 'work'} {'execute': 'work'} {'exec-oob': 'poke'}");
    wire.send("{'execute': 'work'}");
    wire.end();
    assert_eq!(world::answers(&wire.read(2 + 4)), 1 + 4);
    world.end();
}

#[test]
fn beside_a_reader() {
    check("beside_a_reader", || finished(Placement::Thread, 10_000));
}

#[test]
fn beside_a_reader_of_a_slow_client() {
    check("beside_a_reader_of_a_slow_client", || finished(Placement::Thread, 20));
}

#[test]
fn beside_a_task() {
    check("beside_a_task", || finished(Placement::Task, 10_000));
}

#[test]
fn beside_a_task_of_a_slow_client() {
    check("beside_a_task_of_a_slow_client", || finished(Placement::Task, 20));
}

/// The same with async commands, out-of-band and in-band, and with one that blocks.
fn awaited(placement: Placement, room: usize) {
    let gate = Gate::default();
    let opened = gate.clone();
    let monitor = world::monitor(move |name, context| match name {
        "await" => gate.answer(),
        name => world::works(name, context),
    });
    let mut world = World::new(monitor);
    let wire = world.client(placement, NEGOTIATE_OOB, room);
    wire.send("{'execute': 'work'} {'exec-oob': 'await'} {'exec-oob': 'block'} {'execute': 'await'}");
    wire.send("{'execute': 'work'} {'exec-oob': 'poke'}");
    let opens = thread::spawn(move || opened.open());
    assert_eq!(world::answers(&wire.read(2 + 6)), 1 + 6);
    wire.send("{'execute': 'work'}");
    assert_eq!(world::answers(&wire.read(2 + 7)), 1 + 7, "it still reads");
    wire.end();
    opens.join().expect("no panic");
    world.end();
}

#[test]
fn beside_futures_of_a_thread() {
    check("beside_futures_of_a_thread", || awaited(Placement::Thread, 10_000));
}

#[test]
fn beside_futures_of_a_thread_of_a_slow_client() {
    check("beside_futures_of_a_thread_of_a_slow_client", || awaited(Placement::Thread, 20));
}

#[test]
fn beside_futures_of_a_task() {
    check("beside_futures_of_a_task", || awaited(Placement::Task, 10_000));
}

/// A client that leaves its replies unread for a while gets no further ones, and continues when it reads.
fn with_a_limit(placement: Placement, negotiation: &str) {
    let monitor = world::monitor_with(world::works, |builder| builder.output_limit(20));
    let mut world = World::new(monitor);
    let wire = world.client(placement, negotiation, 5);
    wire.send("{'execute': 'work'} {'execute': 'work'}");
    wire.send("{'execute': 'work'} {'execute': 'work'}");
    assert_eq!(world::answers(&wire.read(2 + 4)), 1 + 4);
    wire.end();
    world.end();
}

#[test]
fn beside_a_thread_with_a_limit() {
    check("beside_a_thread_with_a_limit", || with_a_limit(Placement::Thread, NEGOTIATE));
}

#[test]
fn beside_a_worker_with_a_limit() {
    check("beside_a_worker_with_a_limit", || with_a_limit(Placement::Thread, NEGOTIATE_OOB));
}

#[test]
fn beside_a_task_with_a_limit() {
    check("beside_a_task_with_a_limit", || with_a_limit(Placement::Task, NEGOTIATE_OOB));
}

/// A worker polls a future while the reader decides whether to read. The reader must not read, because it polls next.
fn polled_by_a_worker() {
    let gate = Gate::default();
    let opened = gate.clone();
    let monitor = world::monitor(move |name, context| match name {
        "await" => gate.answer(),
        name => world::works(name, context),
    });
    let mut world = World::new(monitor);
    let wire = world.client(Placement::Thread, NEGOTIATE_OOB, 10_000);
    wire.send("{'execute': 'work'} {'exec-oob': 'await'} {'execute': 'work'} {'execute': 'work'}");
    wire.read(2 + 3);
    opened.open();
    assert_eq!(world::answers(&wire.read(2 + 4)), 1 + 4);
    wire.hang_up();
    world.end();
}

#[test]
fn beside_a_worker_that_polls() {
    check("beside_a_worker_that_polls", polled_by_a_worker);
}
