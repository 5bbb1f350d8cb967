use super::*;

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONG: Duration = Duration::from_secs(60);

#[test]
fn pauses_grow_within_an_outage() {
    let start = Instant::now();
    let mut pacing = Pacing::new(None, start);
    assert_eq!(pacing.lost(start + LONG), Duration::ZERO);
    let pauses: Vec<_> = (0..10).map_while(|_| pacing.failed(start)).collect();
    assert_eq!(pauses[..3], [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]);
    assert_eq!(pauses[9], LONGEST_PAUSE);
    pacing.healed(start + LONG);
    assert_eq!(pacing.lost(start + LONG * 2), Duration::ZERO);
    assert_eq!(pacing.failed(start), Some(FIRST_PAUSE));
}

#[test]
fn short_connections_do_not_make_it_hurry() {
    let start = Instant::now();
    let mut pacing = Pacing::new(None, start);
    let pauses: Vec<_> = (0..10)
        .map(|_| {
            let pause = pacing.lost(start);
            pacing.healed(start);
            pause
        })
        .collect();
    assert_eq!(pauses[..3], [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]);
    assert_eq!(pauses[9], LONGEST_PAUSE);
}

#[test]
fn the_last_attempt_is_at_the_limit() {
    let start = Instant::now();
    let mut pacing = Pacing::new(Some(LONG), start);
    let lost = start + LONG;
    pacing.lost(lost);
    let soon = Duration::from_millis(1);
    assert_eq!(pacing.failed(lost + LONG - soon), Some(soon));
    assert_eq!(pacing.failed(lost + LONG), None);
    // The next outage has a limit of its own.
    pacing.healed(lost + LONG);
    pacing.lost(lost + LONG * 2);
    assert!(pacing.failed(lost + LONG * 2).is_some());
}
