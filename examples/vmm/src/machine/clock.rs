//! Guest time, which stands still while the guest does.

use std::time::Duration;

/// Counts the time during which the guest ran. The caller passes host time, counted from any fixed moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GuestClock {
    /// Guest time at the last start or stop.
    elapsed: Duration,
    /// The host time of the last start, while the guest runs.
    started: Option<Duration>,
}

impl GuestClock {
    /// The guest starts to run.
    pub(crate) fn start(&mut self, now: Duration) {
        self.started.get_or_insert(now);
    }

    /// The guest stops.
    pub(crate) fn stop(&mut self, now: Duration) {
        self.elapsed = self.time(now);
        self.started = None;
    }

    /// The guest time at host time `now`.
    pub(crate) fn time(&self, now: Duration) -> Duration {
        let running = self.started.map_or(Duration::ZERO, |started| now.saturating_sub(started));
        self.elapsed + running
    }

    /// The host time at which guest time will be `time`, if the guest runs on.
    pub(crate) fn host_time(&self, time: Duration) -> Option<Duration> {
        self.started.map(|started| started + time.saturating_sub(self.elapsed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_only_while_the_guest_runs() {
        let at = Duration::from_secs;
        let mut clock = GuestClock::default();
        assert_eq!(clock.time(at(5)), at(0));
        assert_eq!(clock.host_time(at(1)), None);
        clock.start(at(10));
        clock.start(at(11));
        assert_eq!(clock.time(at(12)), at(2));
        assert_eq!(clock.host_time(at(30)), Some(at(40)));
        clock.stop(at(13));
        assert_eq!(clock.time(at(50)), at(3));
        clock.start(at(50));
        assert_eq!(clock.time(at(51)), at(4));
        assert_eq!(clock.host_time(at(30)), Some(at(77)));
    }
}
