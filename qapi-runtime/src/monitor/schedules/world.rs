//! A monitor with handlers, and what must hold at the end.

use super::tasks;
use super::threads::{Client, Service};
use super::wire::Wire;
use crate::dispatch::{Call, Dispatch, Outcome};
use crate::event::{EventLog, EventSender};
use crate::monitor::driver::{Link, Placement};
use crate::monitor::{Builder, Monitor};
use crate::schema::Schema;
use crate::sync::{Condvar, Mutex, lock, wait};
use crate::tables::Tables;
use crate::{CommandFlags, CommandSpec, Context, Features};
use shuttle::thread::JoinHandle;
use std::sync::Arc;
use std::task::{Poll, Waker};

/// What clients send first.
pub(super) const NEGOTIATE: &str = "{'execute': 'qmp_capabilities'}";
/// The same, with out-of-band execution.
pub(super) const NEGOTIATE_OOB: &str = "{'execute': 'qmp_capabilities', 'arguments': {'enable': ['oob']}}";

const fn command(name: &'static str, flags: CommandFlags) -> CommandSpec {
    CommandSpec::new(name, flags, Features::NONE)
}

static TABLES: Tables = Tables {
    generation: 1,
    commands: &[
        command("await", CommandFlags::COROUTINE.union(CommandFlags::ALLOW_OOB)),
        command("block", CommandFlags::BLOCKING.union(CommandFlags::ALLOW_OOB)),
        command("poke", CommandFlags::ALLOW_OOB),
        command("work", CommandFlags::NONE),
    ],
    events: &["EVENT"],
    introspection: &[],
};

/// Handlers of a model: `handler` is told the command's name.
struct Handlers<F>(F);

impl<F: Fn(&'static str, &Context<'_>) -> Outcome + Send + Sync + 'static> Dispatch for Handlers<F> {
    fn tables(&self) -> &'static Tables {
        &TABLES
    }

    fn call(&self, index: usize, call: Call<'_>) -> Outcome {
        (self.0)(TABLES.commands[index].name, call.context())
    }
}

/// A monitor whose commands `handler` runs.
pub(super) fn monitor(
    handler: impl Fn(&'static str, &Context<'_>) -> Outcome + Send + Sync + 'static,
) -> Monitor {
    monitor_with(handler, |builder| builder)
}

/// The same, configured.
pub(super) fn monitor_with(
    handler: impl Fn(&'static str, &Context<'_>) -> Outcome + Send + Sync + 'static,
    configure: impl FnOnce(Builder) -> Builder,
) -> Monitor {
    configure(Monitor::builder(Handlers(handler))).build()
}

/// A sender to `log`, for a monitor that is to take its events from there.
pub(super) fn sender_to(log: &EventLog) -> EventSender<impl Schema> {
    EventSender::<AnySchema>::on(log.clone())
}

struct AnySchema;

impl Schema for AnySchema {
    const TABLES: &'static Tables = &TABLES;
}

/// A command's empty answer.
pub(super) fn done() -> Outcome {
    Outcome::Ready(Ok(b"{}".to_vec()))
}

/// A handler that takes a while.
pub(super) fn works(_: &'static str, _: &Context<'_>) -> Outcome {
    shuttle::thread::yield_now();
    done()
}

/// What a handler waits for that blocks its thread: so many openings.
#[derive(Clone, Default)]
pub(super) struct Latch(Arc<(Mutex<usize>, Condvar)>);

impl Latch {
    /// Lets one handler pass.
    pub(super) fn open(&self) {
        *lock(&self.0.0) += 1;
        self.0.1.notify_all();
    }

    pub(super) fn pass(&self) {
        let mut openings = lock(&self.0.0);
        while *openings == 0 {
            openings = wait(&self.0.1, openings);
        }
        *openings -= 1;
    }
}

/// Sends the event number `number` of `sender`.
pub(super) fn send(log: &EventLog, sender: u64, number: u64) {
    log.send(
        "EVENT",
        Features::NONE,
        Some(&|out| {
            out.object(|out| {
                out.member("from", &sender);
                out.member("n", &number);
            });
        }),
    );
}

/// The events among lines, each as sender and number.
pub(super) fn events(lines: &[String]) -> Vec<(u64, u64)> {
    let number = |value: &serde_json::Value| value.as_u64().expect("a number");
    let lines = lines.iter().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let data = lines.filter_map(|line| line.get("event").and(line.get("data")).cloned());
    data.map(|data| (number(&data["from"]), number(&data["n"]))).collect()
}

/// The answers among lines.
pub(super) fn answers(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.starts_with("{\"return\"") || line.starts_with("{\"error\"")).count()
}

/// Every event of `senders` is there once, each sender's in order.
pub(super) fn assert_complete(seen: &[(u64, u64)], senders: u64, each: u64) {
    for sender in 0..senders {
        let numbers: Vec<u64> = seen.iter().filter(|(from, _)| *from == sender).map(|(_, n)| *n).collect();
        assert_eq!(numbers, (0..each).collect::<Vec<_>>(), "the events of {sender} in {seen:?}");
    }
}

/// No session is left, and nothing is counted for those that were.
pub(super) fn assert_over(monitor: &Monitor) {
    let inner = monitor.inner();
    assert_eq!(monitor.sessions(), 0);
    assert_eq!(inner.memory_in_use(), 0, "memory of sessions that are over");
    assert!(inner.turn.try_take().is_some(), "the turn is free");
    assert_eq!(inner.work.running(), 0, "no command runs");
}

/// Clients of one monitor and its service.
pub(super) struct World {
    pub(super) monitor: Monitor,
    service: Arc<Service>,
    threads: Vec<JoinHandle<()>>,
    pub(super) links: Vec<Arc<Link>>,
}

impl World {
    pub(super) fn new(monitor: Monitor) -> World {
        let (service, thread) = Service::start(&monitor);
        World { monitor, service, threads: vec![thread], links: Vec::new() }
    }

    /// A client that has negotiated, on a thread or a task of its own. It takes `room` bytes until it reads.
    pub(super) fn client(&mut self, placement: Placement, negotiation: &str, room: usize) -> Arc<Wire> {
        let wire = Wire::new(&self.service.watch, room);
        let connection = self.service.connect(&self.monitor, placement);
        let (link, thread) = if placement == Placement::Thread {
            Client::start(connection, &wire, &self.service)
        } else {
            tasks::start(connection, &wire, &self.service)
        };
        self.links.push(link);
        self.threads.push(thread);
        wire.send(negotiation);
        assert_eq!(wire.read(2).len(), 2, "the greeting, and the answer to the negotiation");
        wire
    }

    /// Waits until all sessions have ended, which they do by themselves.
    pub(super) fn end(self) {
        let World { monitor, service, threads, links } = self;
        let beside = Arc::clone(&service.beside);
        drop(service);
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        links.iter().for_each(|link| assert_eq!(link.idle_sessions(), 0, "no session waits for events"));
        // A worker ends when no one can ring the bell of its session any more.
        drop(links);
        beside.join();
        assert_over(&monitor);
    }
}

/// Something that a handler waits for.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<Mutex<(bool, Vec<Waker>)>>);

impl Gate {
    pub(super) fn open(&self) {
        let mut state = lock(&self.0);
        state.0 = true;
        let waiting = std::mem::take(&mut state.1);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// A command's answer, once the gate is open.
    pub(super) fn answer(&self) -> Outcome {
        Outcome::Pending(Box::pin(self.clone().wait()))
    }

    async fn wait(self) -> crate::Result<Vec<u8>> {
        std::future::poll_fn(|cx| {
            let mut state = lock(&self.0);
            if state.0 {
                return Poll::Ready(());
            }
            state.1.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
        Ok(b"{}".to_vec())
    }
}
