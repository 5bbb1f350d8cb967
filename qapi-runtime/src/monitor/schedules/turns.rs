//! The turn has one holder at a time, and no waiter waits for ever, even if another one stops waiting.

use super::check;
use super::{Context, Poll, Waker, block_on};
use crate::monitor::turn::Turn;
use crate::sync::AtomicUsize;
use shuttle::thread;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The turn, and how many have it.
#[derive(Clone, Default)]
struct Shared {
    turn: Arc<Turn>,
    holders: Arc<AtomicUsize>,
}

impl Shared {
    fn use_turn(&self) {
        assert_eq!(self.holders.fetch_add(1, Ordering::SeqCst), 0, "one at a time");
        thread::yield_now();
        self.holders.fetch_sub(1, Ordering::SeqCst);
    }

    /// Waits for the turn and uses it.
    fn wait(self) {
        let taken = block_on(self.turn.take());
        self.use_turn();
        drop(taken);
    }

    /// Asks for it and gives up, whether or not it has come.
    fn give_up(self) {
        let mut take = self.turn.take();
        let asked = Pin::new(&mut take).poll(&mut Context::from_waker(Waker::noop()));
        thread::yield_now();
        if let Poll::Ready(_taken) = asked {
            self.use_turn();
        }
    }

    /// Uses it only if no one waits.
    fn try_it(self) {
        if let Some(_taken) = self.turn.try_take() {
            self.use_turn();
        }
    }
}

fn contended() {
    let shared = Shared::default();
    let uses = [Shared::wait, Shared::give_up, Shared::wait, Shared::try_it, Shared::give_up, Shared::wait];
    let start = |use_it: fn(Shared)| {
        let shared = shared.clone();
        thread::spawn(move || use_it(shared))
    };
    let threads: Vec<_> = uses.map(start).into();
    threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    assert!(shared.turn.try_take().is_some(), "it is free");
}

#[test]
fn turns_are_passed_on() {
    check("turns_are_passed_on", contended);
}
