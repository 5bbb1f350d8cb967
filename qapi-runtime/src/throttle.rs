//! Limits the rate of events: the first one is sent at once, and the last one of a burst when the interval is over.
//!
//! A state machine without a clock: callers pass the time.
//!
//! Source: section "Asynchronous events" of the QMP specification; the intervals of [`QEMU_LIMITS`] are documented with
//! each event in QEMU's schema.

use std::collections::BTreeMap;
use std::time::Duration;

/// The events that QEMU limits to one per second, with the member that distinguishes their sources.
pub const QEMU_LIMITS: &[(&str, Duration, Option<&str>)] = &[
    ("BALLOON_CHANGE", SECOND, None),
    ("BLOCK_IO_ERROR", SECOND, Some("qom-path")),
    ("HV_BALLOON_STATUS_REPORT", SECOND, None),
    ("MEMORY_DEVICE_SIZE_CHANGE", SECOND, Some("qom-path")),
    ("QUORUM_FAILURE", SECOND, None),
    ("QUORUM_REPORT_BAD", SECOND, Some("node-name")),
    ("RTC_CHANGE", SECOND, None),
    ("VSERPORT_CHANGE", SECOND, Some("id")),
    ("WATCHDOG", SECOND, None),
];

const SECOND: Duration = Duration::from_secs(1);

/// Limits the rate of some events; `T` is the type of a held event.
#[derive(Debug)]
pub(crate) struct Throttle<T> {
    rules: BTreeMap<String, Rule>,
    windows: BTreeMap<Source, Window<T>>,
}

#[derive(Debug)]
struct Rule {
    interval: Duration,
    key: Option<String>,
}

/// An event by name, and the value of its key member (empty when there is no key).
type Source = (String, String);

/// The interval after an event was sent, in which further events from the same source are held.
#[derive(Debug)]
struct Window<T> {
    end: Duration,
    held: Option<T>,
}

impl<T> Throttle<T> {
    /// Creates a throttle without limits.
    pub(crate) fn new() -> Throttle<T> {
        Throttle { rules: BTreeMap::new(), windows: BTreeMap::new() }
    }

    /// Limits `event` to one per `interval`. Events with different values of the member `key` are limited separately.
    pub(crate) fn limit(&mut self, event: &str, interval: Duration, key: Option<&str>) {
        self.rules.insert(event.to_owned(), Rule { interval, key: key.map(str::to_owned) });
    }

    /// Offers an event. Returns it if it may be sent now; otherwise holds it in place of the one held before.
    ///
    /// `key_of` returns the text of a member of the event's data.
    pub(crate) fn offer(
        &mut self,
        event: &str,
        payload: T,
        now: Duration,
        key_of: impl FnOnce(&T, &str) -> String,
    ) -> Option<T> {
        let Some(rule) = self.rules.get(event) else { return Some(payload) };
        let key = rule.key.as_deref().map(|key| key_of(&payload, key)).unwrap_or_default();
        let source = (event.to_owned(), key);
        if let Some(window) = self.windows.get_mut(&source) {
            window.held = Some(payload);
            return None;
        }
        self.windows.insert(source, Window { end: now + rule.interval, held: None });
        Some(payload)
    }

    /// When to call [`advance`](Throttle::advance) next.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.windows.values().map(|window| window.end).min()
    }

    /// Ends the windows that are over and returns the events that they held, in the order of their ends.
    pub(crate) fn advance(&mut self, now: Duration) -> Vec<T> {
        let mut due = Vec::new();
        for ((event, _), window) in &mut self.windows {
            let payload = if window.end <= now { window.held.take() } else { None };
            if let Some(payload) = payload {
                due.push((window.end, payload));
                // The event that is sent now starts a new window.
                window.end = now + self.rules.get(event).map_or(Duration::ZERO, |rule| rule.interval);
            }
        }
        self.windows.retain(|_, window| window.end > now);
        due.sort_by_key(|(end, _)| *end);
        due.into_iter().map(|(_, payload)| payload).collect()
    }
}

impl<T> Default for Throttle<T> {
    fn default() -> Throttle<T> {
        Throttle::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(throttle: &mut Throttle<u32>, event: &str, payload: u32, ms: u64) -> Option<u32> {
        // The payload's last digit plays the key member.
        throttle.offer(event, payload, Duration::from_millis(ms), |p, _| (p % 10).to_string())
    }

    fn advance(throttle: &mut Throttle<u32>, ms: u64) -> Vec<u32> {
        throttle.advance(Duration::from_millis(ms))
    }

    #[test]
    fn first_at_once_and_last_when_the_interval_is_over() {
        let mut throttle = Throttle::new();
        throttle.limit("A", SECOND, None);
        assert_eq!(offer(&mut throttle, "A", 1, 500), Some(1));
        assert_eq!(offer(&mut throttle, "A", 2, 600), None);
        assert_eq!(offer(&mut throttle, "A", 3, 700), None);
        assert_eq!(throttle.next_deadline(), Some(Duration::from_millis(1500)));
        assert_eq!(advance(&mut throttle, 1499), [0u32; 0]);
        assert_eq!(advance(&mut throttle, 1500), [3]);
        // The held one opened a window again.
        assert_eq!(offer(&mut throttle, "A", 4, 1600), None);
        assert_eq!(advance(&mut throttle, 2500), [4]);
        assert_eq!(advance(&mut throttle, 3500), [0u32; 0]);
        assert_eq!(throttle.next_deadline(), None);
        assert_eq!(offer(&mut throttle, "A", 5, 3501), Some(5));
    }

    #[test]
    fn keys_are_counted_apart() {
        let mut throttle = Throttle::new();
        throttle.limit("A", SECOND, Some("id"));
        assert_eq!(offer(&mut throttle, "A", 11, 0), Some(11));
        assert_eq!(offer(&mut throttle, "A", 12, 1), Some(12));
        assert_eq!(offer(&mut throttle, "A", 22, 2), None);
        assert_eq!(offer(&mut throttle, "A", 21, 3), None);
        assert_eq!(advance(&mut throttle, 2000), [21, 22]);
    }

    #[test]
    fn events_without_a_limit_pass() {
        let mut throttle = Throttle::new();
        throttle.limit("A", SECOND, None);
        assert_eq!(offer(&mut throttle, "B", 1, 0), Some(1));
        assert_eq!(offer(&mut throttle, "B", 2, 0), Some(2));
    }
}
