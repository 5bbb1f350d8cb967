//! After a shutdown no command begins, and all commands that began were answered.

use super::check;
use super::world::{self, NEGOTIATE, NEGOTIATE_OOB, World};
use crate::monitor::driver::Placement;
use crate::monitor::work::Work;
use crate::sync::{AtomicBool, AtomicUsize};
use shuttle::thread;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Longer than any schedule takes: the time that a shutdown is given is not modelled.
const LONG: Duration = Duration::from_secs(3600);

fn closed() {
    let work = Arc::<Work>::default();
    let closed = Arc::new(AtomicBool::new(false));
    let run = |_| {
        let (work, closed) = (Arc::clone(&work), Arc::clone(&closed));
        thread::spawn(move || {
            while let Some(_busy) = work.begin() {
                thread::yield_now();
                assert!(!closed.load(Ordering::SeqCst), "it runs after the shutdown");
            }
        })
    };
    let threads: Vec<_> = (0..3).map(run).collect();
    thread::yield_now();
    assert!(work.close(Instant::now() + LONG));
    closed.store(true, Ordering::SeqCst);
    assert!(work.begin().is_none() && work.is_closed());
    threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    assert_eq!(work.running(), 0);
}

#[test]
fn shutdown_of_commands() {
    check("shutdown_of_commands", closed);
}

/// Clients with their own commands, and one that connects while the monitor shuts down.
fn of_sessions(placement: Placement, negotiation: &str) {
    let began = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&began);
    let monitor = world::monitor(move |name, context| {
        counts.fetch_add(1, Ordering::SeqCst);
        world::works(name, context)
    });
    let mut world = World::new(monitor);
    let wires: Vec<_> = (0..2).map(|_| world.client(placement, negotiation, 10_000)).collect();
    for wire in &wires {
        wire.send("{'execute': 'work'} {'execute': 'work'}");
    }
    assert!(world.monitor.shutdown(LONG), "all is said in time");
    let count = began.load(Ordering::SeqCst);
    let answers: usize = wires.iter().map(|wire| world::answers(&wire.lines()) - 1).sum();
    // Those that did not begin may have been refused.
    assert!(answers >= count, "{count} began, {answers} were answered");
    world.end();
    assert_eq!(began.load(Ordering::SeqCst), count, "none begins afterwards");
}

#[test]
fn shutdown_of_threads() {
    check("shutdown_of_threads", || of_sessions(Placement::Thread, NEGOTIATE));
}

#[test]
fn shutdown_of_threads_with_workers() {
    check("shutdown_of_threads_with_workers", || of_sessions(Placement::Thread, NEGOTIATE_OOB));
}

#[test]
fn shutdown_of_tasks() {
    check("shutdown_of_tasks", || of_sessions(Placement::Task, NEGOTIATE_OOB));
}
