//! Counts what the client logs: how many sessions an earlier client had spoilt.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

static SKIPPED: AtomicU64 = AtomicU64::new(0);
static AGAIN: AtomicU64 = AtomicU64::new(0);

/// How many messages were skipped, and how often a client connected again, since the last call.
pub(crate) fn take() -> (u64, u64) {
    (SKIPPED.swap(0, Ordering::Relaxed), AGAIN.swap(0, Ordering::Relaxed))
}

pub(crate) struct Tally;

impl Visit for Tally {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            match &*format!("{value:?}") {
                "connects again" => AGAIN.fetch_add(1, Ordering::Relaxed),
                "a message to an earlier client was skipped" => SKIPPED.fetch_add(1, Ordering::Relaxed),
                _ => 0,
            };
        }
    }
}

impl Subscriber for Tally {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::DEBUG && metadata.target().starts_with("qapi_runtime::client")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Tally);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
