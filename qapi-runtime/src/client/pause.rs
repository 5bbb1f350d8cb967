//! Pauses that grow.

use std::time::Duration;

/// Pauses, each a multiple of the one before, up to the longest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pauses {
    next: Duration,
    factor: u32,
    longest: Duration,
}

impl Pauses {
    pub(super) const fn new(first: Duration, factor: u32, longest: Duration) -> Pauses {
        Pauses { next: first, factor, longest }
    }

    /// The next pause.
    pub(super) fn take(&mut self) -> Duration {
        let pause = self.next.min(self.longest);
        self.next = pause.saturating_mul(self.factor);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_grow_up_to_the_longest() {
        let mut pauses = Pauses::new(Duration::from_millis(10), 3, Duration::from_millis(50));
        let taken: Vec<_> = (0..4).map(|_| pauses.take().as_millis()).collect();
        assert_eq!(taken, [10, 30, 50, 50]);
        let mut endless = Pauses::new(Duration::MAX, 2, Duration::MAX);
        assert_eq!([endless.take(), endless.take()], [Duration::MAX; 2]);
    }
}
