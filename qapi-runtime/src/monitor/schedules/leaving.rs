//! A client leaves or is expelled, whatever its session does at that time: the session ends and sends nothing more.

use super::check;
use super::tasks::start_loop;
use super::wire::Wire;
use super::world::{self, Gate, NEGOTIATE, NEGOTIATE_OOB, World};
use crate::monitor::Budgets;
use crate::monitor::driver::Placement;
use shuttle::thread;
use std::sync::Arc;

/// How a client's session ends.
#[derive(Clone, Copy)]
enum Way {
    HangsUp,
    IsExpelled,
}

const COMMANDS: &str = "{'execute': 'work'} {'exec-oob': 'await'} {'execute': 'await'} {'execute': 'work'}";

/// One client leaves while it has commands of each kind, for whose turns another client's commands wait.
fn goes(placement: Placement, negotiation: &str, way: Way) {
    let gate = Gate::default();
    let opened = gate.clone();
    let monitor = world::monitor(move |name, context| match name {
        "await" => gate.answer(),
        name => world::works(name, context),
    });
    let log = monitor.inner().log.clone();
    let mut world = World::new(monitor);
    let goes = world.client(placement, negotiation, 50);
    let stays = world.client(placement, negotiation, 10_000);
    goes.send(COMMANDS);
    stays.send("{'execute': 'work'} {'execute': 'work'}");
    let sends = thread::spawn(move || {
        world::send(&log, 0, 0);
        opened.open();
        world::send(&log, 0, 1);
    });
    match way {
        Way::HangsUp => goes.hang_up(),
        Way::IsExpelled => {
            world.links[0].expel();
            assert_silent(&goes, sends);
        }
    }
    let lines = stays.read(2 + 2 + 2);
    assert_eq!(world::answers(&lines), 1 + 2);
    assert_eq!(world::events(&lines), [(0, 0), (0, 1)]);
    stays.end();
    world.end();
}

/// Nothing is written from here on.
fn assert_silent(wire: &Wire, sends: thread::JoinHandle<()>) {
    let said = wire.lines();
    sends.join().expect("no panic");
    assert_eq!(said, wire.lines(), "nothing is said any more");
}

#[test]
fn leaving_a_thread() {
    check("leaving_a_thread", || goes(Placement::Thread, NEGOTIATE, Way::HangsUp));
}

#[test]
fn leaving_a_thread_with_a_worker() {
    check("leaving_a_thread_with_a_worker", || goes(Placement::Thread, NEGOTIATE_OOB, Way::HangsUp));
}

#[test]
fn leaving_a_task() {
    check("leaving_a_task", || goes(Placement::Task, NEGOTIATE_OOB, Way::HangsUp));
}

#[test]
fn leaving_by_force_a_thread() {
    check("leaving_by_force_a_thread", || goes(Placement::Thread, NEGOTIATE, Way::IsExpelled));
}

#[test]
fn leaving_by_force_a_thread_with_a_worker() {
    check("leaving_by_force_a_thread_with_a_worker", || {
        goes(Placement::Thread, NEGOTIATE_OOB, Way::IsExpelled)
    });
}

#[test]
fn leaving_by_force_a_task() {
    check("leaving_by_force_a_task", || goes(Placement::Task, NEGOTIATE_OOB, Way::IsExpelled));
}

/// Two clients send more than the budget allows, and handlers run with the arguments in the parser.
fn over_budget() {
    let budgets = Budgets { memory: 60_000, ..Budgets::default() };
    let mut world = World::new(world::monitor_with(world::works, |builder| builder.budgets(budgets)));
    let wires: Vec<_> = (0..2).map(|_| world.client(Placement::Thread, NEGOTIATE, 10_000)).collect();
    let long = format!("{{'execute': 'work', 'arguments': {{'a': '{}'}}}}", "x".repeat(20_000));
    wires.iter().for_each(|wire| wire.send(&long));
    // One of them is dropped, unless they were served one after the other.
    let answers: usize = wires.iter().map(|wire| world::answers(&wire.read(2 + 1)) - 1).sum();
    assert!(answers > 0, "not both of them");
    wires.iter().for_each(|wire| wire.end());
    world.end();
}

#[test]
fn leaving_for_the_budget() {
    check("leaving_for_the_budget", over_budget);
}

/// A client that does not read its events is dropped, and the others get theirs.
fn unread(placement: Placement) {
    let monitor = world::monitor_with(world::works, |builder| builder.output_limit(250));
    let log = monitor.inner().log.clone();
    let mut world = World::new(monitor);
    let (reads, silent) =
        (world.client(placement, NEGOTIATE, 10_000), world.client(placement, NEGOTIATE, 10));
    silent.send("{'execute': 'work'}");
    let sends = thread::spawn(move || (0..5).for_each(|number| world::send(&log, 0, number)));
    world::assert_complete(&world::events(&reads.read(2 + 5)), 1, 5);
    sends.join().expect("no panic");
    reads.end();
    world.end();
}

#[test]
fn leaving_a_thread_for_unread_events() {
    check("leaving_a_thread_for_unread_events", || unread(Placement::Thread));
}

#[test]
fn leaving_a_task_for_unread_events() {
    check("leaving_a_task_for_unread_events", || unread(Placement::Task));
}

/// A client leaves an event loop that also serves another one.
fn leaves_a_loop() {
    let gate = Gate::default();
    let opened = gate.clone();
    let monitor = world::monitor(move |name, context| match name {
        "await" => gate.answer(),
        name => world::works(name, context),
    });
    let watch = Arc::default();
    let wires: Vec<_> = (0..2).map(|_| Wire::new(&watch, 10_000)).collect();
    let served = start_loop(&monitor, &wires, Placement::Task);
    let [goes, stays] = [&wires[0], &wires[1]];
    for wire in [goes, stays] {
        wire.send(NEGOTIATE_OOB);
        wire.read(2);
    }
    goes.send(COMMANDS);
    stays.send("{'execute': 'work'}");
    let opens = thread::spawn(move || opened.open());
    goes.hang_up();
    assert_eq!(world::answers(&stays.read(2 + 1)), 1 + 1);
    stays.end();
    opens.join().expect("no panic");
    served.join().expect("no panic");
    world::assert_over(&monitor);
}

#[test]
fn leaving_a_loop() {
    check("leaving_a_loop", leaves_a_loop);
}
