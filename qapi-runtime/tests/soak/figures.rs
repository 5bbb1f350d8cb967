//! What was done, and what is held.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display};
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.get(), f)
    }
}

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Sessions that began and ended, as the monitor tells.
    pub(crate) began: Count,
    pub(crate) ended: Count,
    /// Replies that came, each in order.
    pub(crate) replies: Count,
    pub(crate) urgent_replies: Count,
    /// Events that were sent, and that came to clients.
    pub(crate) sent: Count,
    pub(crate) events: Count,
    /// Clients that left in the middle of something.
    pub(crate) departures: Count,
    /// Clients that stopped reading for a while.
    pub(crate) stalls: Count,
    /// Sessions that the server ended, of clients that had stopped reading and of others.
    pub(crate) dropped: Count,
    pub(crate) dropped_while_reading: Count,
    /// Futures that were dropped with their client.
    pub(crate) abandoned: Count,
    /// Descriptors that handlers got: they come in pairs.
    pub(crate) first: Count,
    pub(crate) second: Count,
}

impl Figures {
    /// Checks what holds for any figures.
    pub(crate) fn assert_sound(&self) {
        assert_eq!(self.began.get(), self.ended.get(), "each session begins and ends");
        assert_eq!(self.first.get(), self.second.get(), "a command gets all its descriptors");
        assert!(self.replies.get() > 0 && self.events.get() > 0, "something was done");
    }
}

impl Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in [
            ("sessions", &self.began),
            ("replies in-band", &self.replies),
            ("replies out-of-band", &self.urgent_replies),
            ("events sent by the flood", &self.sent),
            ("events received", &self.events),
            ("departures in the middle of something", &self.departures),
            ("clients that stopped reading", &self.stalls),
            ("of these dropped by the server", &self.dropped),
            ("others dropped by the server", &self.dropped_while_reading),
            ("futures dropped with their client", &self.abandoned),
            ("pairs of descriptors", &self.first),
        ] {
            writeln!(f, "{count:>12} {what}")?;
        }
        Ok(())
    }
}

/// What this process holds.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) threads: usize,
    descriptors: usize,
    /// In KiB.
    memory: usize,
}

impl Held {
    /// Threads when all is set up: the program's, the test's, two of tokio's, the service and the listener.
    pub(crate) const WITHOUT_SESSIONS: usize = 6;

    pub(crate) fn now() -> Held {
        let count = |folder| fs::read_dir(folder).expect("what this process has").count();
        let status = fs::read_to_string("/proc/self/status").expect("the state of this process");
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next());
        Held {
            threads: count("/proc/self/task"),
            descriptors: count("/proc/self/fd"),
            memory: memory.and_then(|memory| memory.parse().ok()).expect("a number"),
        }
    }

    pub(crate) fn is_no_more_than(&self, before: &Held) -> bool {
        self.threads <= before.threads && self.descriptors <= before.descriptors
    }
}

impl Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Held { threads, descriptors, memory } = self;
        write!(f, "{threads} threads, {descriptors} descriptors, {memory} KiB")
    }
}

/// How often the server has warned of what.
#[derive(Clone, Default)]
pub(crate) struct Warnings(Arc<Mutex<BTreeMap<String, u64>>>);

impl Warnings {
    /// Counts from here on.
    pub(crate) fn listen() -> Warnings {
        let warnings = Warnings::default();
        tracing::subscriber::set_global_default(warnings.clone()).expect("the only one");
        warnings
    }
}

impl Display for Warnings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let warnings = self.0.lock().expect("warnings");
        warnings.iter().try_for_each(|(text, count)| writeln!(f, "{count:>12} {text}"))
    }
}

/// The text of a warning, without what differs between sessions.
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        *self.0.lock().expect("warnings").entry(text.0).or_default() += 1;
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
