//! A world: a monitor, its hosts and clients, and all that the checks have to know.

use super::caller::Caller;
use super::client::{Client, Kind};
use super::closer::Closer;
use super::commands::{Command, Sent};
use super::flag::{FakeClock, Flag};
use super::handlers::{Gate, Scripts, Spy};
use super::hosts::HostRunner;
use super::jobs::JobTask;
use super::random::Random;
use super::settings::{HostKind, INTERVAL, Settings};
use super::socket::Socket;
use crate::context::Probe;
use crate::event::Cursor;
use crate::monitor::driver::{Arrival, Placement};
use crate::monitor::{Inner, Monitor, SessionOptions};
use crate::policy::{InputPolicy, Policy};
use crate::{Credentials, Features, Output, Peer};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// Everything there is.
pub(super) struct World {
    pub(super) random: Random,
    pub(super) settings: Settings,
    pub(super) clock: Arc<FakeClock>,
    pub(super) monitor: Monitor,
    pub(super) inner: Arc<Inner>,
    pub(super) hosts: RefCell<Vec<Rc<HostRunner>>>,
    pub(super) clients: RefCell<Vec<Rc<Client>>>,
    pub(super) jobs: RefCell<Vec<Rc<JobTask>>>,
    pub(super) commands: RefCell<Vec<Command>>,
    pub(super) events: RefCell<Vec<Sent>>,
    /// The length of each event in the log.
    pub(super) log: RefCell<Vec<usize>>,
    cursor: RefCell<Cursor>,
    /// The commands whose handlers run.
    pub(super) running: RefCell<BTreeSet<usize>>,
    /// In-band commands whose handlers were called, and that were not answered yet.
    pub(super) unanswered: RefCell<BTreeSet<usize>>,
    pub(super) gates: RefCell<BTreeMap<usize, Gate>>,
    pub(super) closer: RefCell<Option<Closer>>,
    pub(super) depth: Cell<usize>,
    /// Everything comes to its end: nothing new begins.
    pub(super) ends: Cell<bool>,
    pub(super) counts: Counters,
    pub(super) traces: bool,
    failure: RefCell<Option<String>>,
}

/// What has happened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) commands: usize,
    pub(super) replies: usize,
    pub(super) events: usize,
    pub(super) sessions: usize,
    pub(super) departures: usize,
    pub(super) drops: usize,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Counts) {
        let Counts { commands, replies, events, sessions, departures, drops } = other;
        self.commands += commands;
        self.replies += replies;
        self.events += events;
        self.sessions += sessions;
        self.departures += departures;
        self.drops += drops;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { commands, replies, events, sessions, departures, drops } = self;
        write!(
            f,
            "{sessions} sessions, {commands} commands begun, {replies} replies, {events} events read, \
             {departures} departures, {drops} sessions dropped"
        )
    }
}

/// Counts, to be counted up from everywhere.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) steps: Cell<usize>,
    all: Cell<Counts>,
}

impl Counters {
    pub(super) fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.all.get();
        change(&mut counts);
        self.all.set(counts);
    }

    pub(super) fn get(&self) -> Counts {
        self.all.get()
    }
}

impl World {
    pub(super) fn new(seed: u64, traces: bool) -> World {
        let random = Random::new(seed);
        let settings = Settings::draw(&random);
        let clock = Arc::new(FakeClock::default());
        let mut builder = Monitor::builder(Scripts)
            .clock(Arc::clone(&clock) as _)
            .interceptor(Arc::new(Spy))
            .turns(settings.turns)
            .output_limit(settings.output_limit)
            .replies_first(settings.replies_first)
            .begin_negotiated(settings.begin_negotiated)
            .budgets(settings.budgets.clone())
            .throttle("SELDOM", INTERVAL, None);
        if settings.may_crash {
            builder = builder.policy(Policy::ACCEPT.unstable_input(InputPolicy::Crash));
        }
        let monitor = builder.build();
        let inner = monitor.inner();
        let hosts = settings.hosts.iter().map(|kind| {
            let rung = Arc::<Flag>::default();
            let host = inner.add_host(rung.waker(), *kind == HostKind::Service);
            Rc::new(HostRunner::new(*kind, host, rung))
        });
        World {
            hosts: RefCell::new(hosts.collect()),
            cursor: RefCell::new(inner.log.cursor()),
            random,
            settings,
            clock,
            monitor,
            inner,
            clients: RefCell::default(),
            jobs: RefCell::default(),
            commands: RefCell::default(),
            events: RefCell::default(),
            log: RefCell::default(),
            running: RefCell::default(),
            unanswered: RefCell::default(),
            gates: RefCell::default(),
            closer: RefCell::default(),
            depth: Cell::new(0),
            ends: Cell::new(false),
            counts: Counters::default(),
            traces,
            failure: RefCell::default(),
        }
    }

    /// Something is wrong. The first that is noticed is told.
    pub(super) fn fail(&self, what: String) {
        if self.traces {
            println!("      ! {what}");
        }
        self.failure.borrow_mut().get_or_insert(what);
    }

    /// Says what happens, to one who replays a seed.
    pub(super) fn trace(&self, line: impl FnOnce() -> String) {
        if self.traces {
            println!("{:5} {:indent$}{}", self.counts.steps.get(), "", line(), indent = 2 * self.depth.get());
        }
    }

    pub(super) fn failure(&self) -> Option<String> {
        self.failure.borrow().clone()
    }

    pub(super) fn add_command(&self, command: Command) -> usize {
        let mut commands = self.commands.borrow_mut();
        commands.push(command);
        commands.len() - 1
    }

    /// A client connects, and is served unless a budget refuses it.
    pub(super) fn arrive(&self, host: usize) {
        let runner = Rc::clone(&self.hosts.borrow()[host]);
        let Some(server) = runner.host.borrow().clone() else { return };
        let (kind, placement) = match runner.kind {
            HostKind::Service if self.random.percent(55) => (Kind::Thread, Placement::Thread),
            HostKind::Service => (Kind::Task, Placement::Task),
            HostKind::Loop(placement) => (Kind::Loop(placement), placement),
        };
        let least = if self.settings.large { 2000 } else { 1 };
        let capacity = self.random.pick(&[20, 100, 300, 3000, usize::MAX, usize::MAX, usize::MAX]).max(least);
        let socket = Arc::new(Socket::new(capacity));
        let probed = matches!(runner.kind, HostKind::Service) || self.random.percent(70);
        let asked = Arc::clone(&socket);
        let probe: Option<Probe> = probed.then(|| Box::new(move || asked.has_hung_up()) as Probe);
        let (peer, stray) = self.draw_peer();
        let pretty = self.random.percent(15);
        let options = SessionOptions::new().pretty(pretty);
        let Ok(settings) = self.inner.settings_for(&options) else { return };
        let arrival = Arrival { peer, settings, name: None, probe, placement, outlives_input: false };
        let Ok(connection) = self.inner.connect(&server, arrival) else { return };
        self.counts.count(|counts| counts.sessions += 1);
        let mut caller = Caller::draw(&self.random, self.settings.begin_negotiated, stray);
        caller.reading.pretty = pretty;
        let index = self.clients.borrow().len();
        let client = Rc::new(Client::new((index, host, kind), connection, socket, probed, caller));
        if self.settings.begin_negotiated {
            client.negotiated_at.set(Some(self.inner.log.newest()));
        }
        self.trace(|| format!("client {index} comes as {kind:?}: {:?}", client.caller.borrow()));
        self.clients.borrow_mut().push(Rc::clone(&client));
        runner.is_new(&client);
    }

    fn draw_peer(&self) -> (Peer, bool) {
        match self.random.below(10) {
            0 => (Peer::Unknown, false),
            1..3 => (Peer::Tcp(([127, 0, 0, 1], 4444).into()), self.random.percent(15)),
            _ => (Peer::Unix(Some(Credentials::new(1000 + u32::from(self.random.percent(30)), 100))), false),
        }
    }

    /// Sends an event; returns its number among all that were sent.
    pub(super) fn send_event(&self, throttled: bool) -> usize {
        let id = self.events.borrow().len();
        self.events.borrow_mut().push(Sent { number: None, throttled });
        let padding = "e".repeat(self.random.pick(&[0, 0, 0, 10, 300]));
        let encode = |out: &mut Output| {
            out.object(|out| {
                out.member("n", &u64::try_from(id).unwrap_or_default());
                out.member("padding", &*padding);
            });
        };
        let name = if throttled { "SELDOM" } else { "TICK" };
        self.inner.log.send(name, Features::NONE, Some(&encode));
        id
    }

    /// Learns what was appended to the log.
    pub(super) fn follow_log(&self) {
        let mut cursor = self.cursor.borrow_mut();
        let mut log = self.log.borrow_mut();
        while let Some(record) = cursor.next() {
            log.push(record.line(false).len());
            let number = u64::try_from(log.len()).unwrap_or_default();
            let id = record.member("n").parse::<usize>().ok();
            let mut events = self.events.borrow_mut();
            let Some(sent) = id.and_then(|id| events.get_mut(id)) else { continue };
            if sent.number.replace(number).is_some() {
                self.fail(format!("event {number} stands in the log twice"));
            }
        }
    }
}
