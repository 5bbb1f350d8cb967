//! Small faulty variants, as they might be written by mistake. The checker must find them, or it would prove nothing.

use super::{Context, Poll, Waker, block_on};
use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex, lock};
use shuttle::thread;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A presence that checks only once, before `leave` can find the waker.
#[derive(Default)]
struct LooksOnce {
    left: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl LooksOnce {
    fn leave(&self) {
        self.left.store(true, Ordering::SeqCst);
        std::mem::take(&mut *lock(&self.waiting)).into_iter().for_each(Waker::wake);
    }

    fn poll_left(&self, cx: &Context<'_>) -> Poll<()> {
        if self.left.load(Ordering::SeqCst) {
            return Poll::Ready(());
        }
        lock(&self.waiting).push(cx.waker().clone());
        Poll::Pending
    }
}

#[test]
#[should_panic(expected = "deadlock")]
fn a_lost_wake_up_is_found() {
    let model = || {
        let presence = Arc::<LooksOnce>::default();
        let waiting = Arc::clone(&presence);
        let thread = thread::spawn(move || block_on(poll_fn(|cx| waiting.poll_left(cx))));
        presence.leave();
        thread.join().expect("no panic");
    };
    shuttle::check_random(model, 10_000);
}

/// A count of running commands that checks before it counts.
#[derive(Default)]
struct LooksFirst {
    closed: AtomicBool,
    running: AtomicUsize,
}

#[test]
#[should_panic(expected = "runs after the shutdown")]
fn a_command_that_begins_too_late_is_found() {
    let model = || {
        let work = Arc::<LooksFirst>::default();
        let begins = Arc::clone(&work);
        let over = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&over);
        let thread = thread::spawn(move || {
            if !begins.closed.load(Ordering::SeqCst) {
                begins.running.fetch_add(1, Ordering::SeqCst);
                assert!(!is_over.load(Ordering::SeqCst), "it runs after the shutdown");
                begins.running.fetch_sub(1, Ordering::SeqCst);
            }
        });
        work.closed.store(true, Ordering::SeqCst);
        while work.running.load(Ordering::SeqCst) > 0 {
            thread::yield_now();
        }
        over.store(true, Ordering::SeqCst);
        thread.join().expect("no panic");
    };
    shuttle::check_random(model, 10_000);
}

/// A log that stores its newest number before it links the event: a session that looks in between never looks again.
#[derive(Default)]
struct TellsFirst {
    newest: AtomicU64,
    events: Mutex<u64>,
}

#[test]
#[should_panic(expected = "an event is lost")]
fn an_event_that_is_told_too_early_is_found() {
    let model = || {
        let log = Arc::<TellsFirst>::default();
        let sends = Arc::clone(&log);
        let thread = thread::spawn(move || {
            sends.newest.store(1, Ordering::SeqCst);
            *lock(&sends.events) = 1;
        });
        let look = || match log.newest.load(Ordering::SeqCst) {
            0 => None,
            newest => Some((newest, *lock(&log.events))),
        };
        let seen = look();
        thread.join().expect("no panic");
        let seen = seen.or_else(look);
        assert_eq!(seen, Some((1, 1)), "an event is lost");
    };
    shuttle::check_random(model, 10_000);
}
