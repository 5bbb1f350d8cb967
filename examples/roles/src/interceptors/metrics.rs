//! Counts commands by listener and outcome.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use qapi_runtime::Schema;
use qapi_runtime::interceptor::{Finished, Interceptor, Verdict};

use crate::qapi::{self, CommandMetrics};

/// Counts commands by their listener and name.
#[derive(Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<Key, Counts>>);

/// A listener, and a command of the schema. All other names share one counter: clients choose them, and could exhaust
/// memory with them.
type Key = (String, Option<&'static str>);

#[derive(Clone, Copy, Default)]
struct Counts {
    succeeded: u64,
    failed: u64,
    abandoned: u64,
    time: Duration,
}

impl Metrics {
    /// The counts so far.
    pub(crate) fn report(&self) -> qapi::Metrics {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = |((listener, command), counts): (&Key, &Counts)| {
            let Counts { succeeded, failed, abandoned, time } = *counts;
            let microseconds = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
            let mut entry = CommandMetrics::new(listener.clone(), succeeded, failed, abandoned, microseconds);
            entry.command = command.map(str::to_owned);
            entry
        };
        qapi::Metrics::new(counts.iter().map(entry).collect())
    }
}

impl Interceptor for Metrics {
    fn after(&self, finished: &Finished<'_>) {
        let tables = <qapi::Schema as Schema>::TABLES;
        let command = finished.name().and_then(|name| tables.find(name));
        let command = command.map(|index| tables.commands[index].name);
        let key = (finished.listener().unwrap_or_default().to_owned(), command);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = counts.entry(key).or_default();
        counts.time += finished.duration();
        match finished.verdict() {
            Verdict::Succeeded => counts.succeeded += 1,
            Verdict::Failed(_) => counts.failed += 1,
            _ => counts.abandoned += 1,
        }
    }
}
