//! The ib700 watchdog: a timer that the guest must restart before it expires.

use std::time::Duration;

/// A write of anything here stops the timer.
pub(crate) const STOP_PORT: u16 = 0x441;
/// A write here starts the timer; the value selects the time.
pub(crate) const START_PORT: u16 = 0x443;

/// The timer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watchdog {
    expires: Option<Duration>,
}

impl Watchdog {
    /// Starts the timer at guest time `now`. The lower four bits of `value` count down from 30 seconds in steps
    /// of two, so 15 expires at once.
    pub(crate) fn start(&mut self, now: Duration, value: u8) {
        let seconds = 30 - 2 * u64::from(value & 0xf);
        self.expires = Some(now + Duration::from_secs(seconds));
    }

    /// Stops the timer.
    pub(crate) fn stop(&mut self) {
        self.expires = None;
    }

    /// The guest time at which the timer expires, while it runs.
    pub(crate) fn expires(&self) -> Option<Duration> {
        self.expires
    }

    /// Whether the timer has expired by guest time `now`. Returns `true` once.
    pub(crate) fn take_expired(&mut self, now: Duration) -> bool {
        self.expires.take_if(|at| *at <= now).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(100);

    #[test]
    fn the_value_selects_the_time() {
        let mut watchdog = Watchdog::default();
        for (value, seconds) in [(0, 30), (1, 28), (14, 2), (15, 0), (0x1f, 0)] {
            watchdog.start(NOW, value);
            assert_eq!(watchdog.expires(), Some(NOW + Duration::from_secs(seconds)), "{value}");
        }
    }

    #[test]
    fn it_expires_once_unless_stopped_or_restarted() {
        let mut watchdog = Watchdog::default();
        watchdog.start(NOW, 14);
        assert!(!watchdog.take_expired(NOW));
        watchdog.start(NOW, 13);
        assert!(!watchdog.take_expired(NOW + Duration::from_secs(2)));
        assert!(watchdog.take_expired(NOW + Duration::from_secs(4)));
        assert!(!watchdog.take_expired(NOW + Duration::from_secs(4)));
        watchdog.start(NOW, 15);
        watchdog.stop();
        assert!(!watchdog.take_expired(NOW));
    }
}
