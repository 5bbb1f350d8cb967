//! Every session gets every event once, in the same order, even while it runs a handler; none stays in the log.

use super::check;
use super::tasks::start_loop;
use super::wire::{Watch, Wire};
use super::world::{self, Gate, Latch, NEGOTIATE, NEGOTIATE_OOB, World};
use crate::Context;
use crate::event::EventLog;
use crate::monitor::Monitor;
use crate::monitor::driver::Placement;
use crate::sync::AtomicU64;
use shuttle::thread::{self, JoinHandle};
use std::sync::Arc;
use std::sync::atomic::Ordering;

const SENDERS: u64 = 2;
const EACH: u64 = 2;
const EVENTS: usize = (SENDERS * EACH) as usize;

const WORK: &str = "{'execute': 'work'}";

fn start_senders(monitor: &Monitor) -> Vec<JoinHandle<()>> {
    let start = |sender| {
        let log = monitor.inner().log.clone();
        thread::spawn(move || (0..EACH).for_each(|number| world::send(&log, sender, number)))
    };
    (0..SENDERS).map(start).collect()
}

/// What each client gets: the events, in the same order, and replies.
fn assert_events(wires: &[Arc<Wire>]) {
    let seen: Vec<_> = wires.iter().map(|wire| world::events(&wire.lines())).collect();
    world::assert_complete(&seen[0], SENDERS, EACH);
    assert!(seen.iter().all(|events| *events == seen[0]), "one order: {seen:?}");
}

/// Senders send while one client reads, and one or two run a handler.
fn with_busy(placement: Placement, room: usize, busy: usize) {
    let mut world = World::new(world::monitor(world::works));
    let wires: Vec<_> = (0..2).map(|_| world.client(placement, NEGOTIATE, room)).collect();
    wires[..busy].iter().for_each(|wire| wire.send(WORK));
    let senders = start_senders(&world.monitor);
    for (number, wire) in wires.iter().enumerate() {
        wire.read(2 + EVENTS + usize::from(number < busy));
    }
    assert_events(&wires);
    senders.into_iter().for_each(|sender| sender.join().expect("no panic"));
    wires.iter().for_each(|wire| wire.hang_up());
    world.end();
}

#[test]
fn events_of_idle_threads() {
    check("events_of_idle_threads", || with_busy(Placement::Thread, 10_000, 0));
}

#[test]
fn events_of_a_busy_thread() {
    check("events_of_a_busy_thread", || with_busy(Placement::Thread, 10_000, 1));
}

#[test]
fn events_of_busy_threads_alone() {
    check("events_of_busy_threads_alone", || with_busy(Placement::Thread, 10_000, 2));
}

#[test]
fn events_of_threads_with_slow_clients() {
    check("events_of_threads_with_slow_clients", || with_busy(Placement::Thread, 60, 1));
}

#[test]
fn events_of_a_busy_task() {
    check("events_of_a_busy_task", || with_busy(Placement::Task, 10_000, 1));
}

#[test]
fn events_of_tasks_with_slow_clients() {
    check("events_of_tasks_with_slow_clients", || with_busy(Placement::Task, 60, 1));
}

/// Events reach a session whose command waits for the turn, which another session holds until they are read.
fn while_waiting(placement: Placement) {
    let gate = Gate::default();
    let opened = gate.clone();
    let monitor = world::monitor(move |name, context| match name {
        "await" => gate.answer(),
        name => world::works(name, context),
    });
    let mut world = World::new(monitor);
    let [keeps, waits] = [10_000, 60].map(|room| world.client(placement, NEGOTIATE, room));
    keeps.send("{'execute': 'await'}");
    waits.send(WORK);
    let senders = start_senders(&world.monitor);
    waits.read(2 + EVENTS);
    opened.open();
    keeps.read(2 + EVENTS + 1);
    waits.read(2 + EVENTS + 1);
    assert_events(&[Arc::clone(&keeps), Arc::clone(&waits)]);
    senders.into_iter().for_each(|sender| sender.join().expect("no panic"));
    [keeps, waits].iter().for_each(|wire| wire.end());
    world.end();
}

#[test]
fn events_of_a_waiting_thread() {
    check("events_of_a_waiting_thread", || while_waiting(Placement::Thread));
}

#[test]
fn events_of_a_waiting_task() {
    check("events_of_a_waiting_task", || while_waiting(Placement::Task));
}

/// The events of a handler, and earlier replies, reach the client of the only session while the next handler blocks.
fn while_blocked(placement: Placement) {
    let latch = Latch::default();
    let opened = latch.clone();
    let log = EventLog::new();
    let sends = log.clone();
    let number = AtomicU64::new(0);
    let handler = move |name: &'static str, _: &Context<'_>| {
        if name == "block" {
            world::send(&sends, 0, number.fetch_add(1, Ordering::SeqCst));
            latch.pass();
        }
        world::done()
    };
    let mut world =
        World::new(world::monitor_with(handler, |builder| builder.events(&world::sender_to(&log))));
    let wire = world.client(placement, NEGOTIATE, 10_000);
    for round in 0..2 {
        wire.send("{'execute': 'work'} {'execute': 'block'}");
        let lines = wire.read(2 + 3 * round + 2);
        assert_eq!((world::answers(&lines), world::events(&lines).len()), (2 + 2 * round, 1 + round));
        opened.open();
        wire.read(2 + 3 * round + 3);
    }
    wire.end();
    world.end();
}

#[test]
fn events_of_a_blocked_thread() {
    check("events_of_a_blocked_thread", || while_blocked(Placement::Thread));
}

#[test]
fn events_of_a_blocked_task() {
    check("events_of_a_blocked_task", || while_blocked(Placement::Task));
}

/// Two sessions in an embedder's event loop, with clients that read a little at a time.
fn in_a_loop() {
    let monitor = world::monitor(world::works);
    let watch = Arc::<Watch>::default();
    let wires: Vec<_> = (0..2).map(|_| Wire::new(&watch, 100)).collect();
    let served = start_loop(&monitor, &wires, Placement::Here);
    for wire in &wires {
        wire.send(NEGOTIATE);
        wire.read(2);
    }
    wires[0].send(WORK);
    let senders = start_senders(&monitor);
    wires[1].read(2 + EVENTS);
    wires[0].read(2 + EVENTS + 1);
    assert_events(&wires);
    senders.into_iter().for_each(|sender| sender.join().expect("no panic"));
    wires.iter().for_each(|wire| wire.end());
    served.join().expect("no panic");
    world::assert_over(&monitor);
}

#[test]
fn events_in_a_loop() {
    check("events_in_a_loop", in_a_loop);
}

/// The events of a handler come before its reply, with no other handler's events in between.
fn of_handlers(placement: Placement, negotiation: &'static str) {
    let log = EventLog::new();
    let sends = log.clone();
    let handler = move |_: &'static str, context: &Context<'_>| {
        // Senders of the other events have small numbers.
        world::send(&sends, SENDERS + context.session(), 0);
        shuttle::thread::yield_now();
        world::done()
    };
    let mut world =
        World::new(world::monitor_with(handler, |builder| builder.events(&world::sender_to(&log))));
    let wires: Vec<_> = (0..2).map(|_| world.client(placement, negotiation, 200)).collect();
    wires.iter().for_each(|wire| wire.send(WORK));
    let senders = start_senders(&world.monitor);
    for (wire, link) in wires.iter().zip(&world.links) {
        let lines = wire.read(2 + EVENTS + wires.len() + 1);
        let answer = lines.iter().rposition(|line| line.starts_with("{\"return\"")).expect("is there");
        let mut before = world::events(&lines[..answer]);
        // Handlers run one at a time until they are answered, so no other one has sent between this event and its
        // reply.
        before.retain(|(sender, _)| *sender >= SENDERS);
        assert_eq!(before.last(), Some(&(SENDERS + link.number(), 0)), "its event comes first: {lines:?}");
    }
    assert_events(&wires);
    senders.into_iter().for_each(|sender| sender.join().expect("no panic"));
    wires.iter().for_each(|wire| wire.end());
    world.end();
}

#[test]
fn events_before_the_answer_of_a_thread() {
    check("events_before_the_answer_of_a_thread", || of_handlers(Placement::Thread, NEGOTIATE));
}

#[test]
fn events_before_the_answer_of_a_worker() {
    check("events_before_the_answer_of_a_worker", || of_handlers(Placement::Thread, NEGOTIATE_OOB));
}

#[test]
fn events_before_the_answer_of_a_task() {
    check("events_before_the_answer_of_a_task", || of_handlers(Placement::Task, NEGOTIATE_OOB));
}
