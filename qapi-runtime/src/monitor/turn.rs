//! In-band commands run one at a time, in the order in which the sessions asked.

use crate::mutant::{self, Mutant};
use crate::sync::{Mutex, lock};
use std::collections::VecDeque;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Which in-band commands wait for each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turns {
    /// One in-band command runs at a time, whichever session it came from: QEMU's rule. A slow command, async or not,
    /// makes all sessions wait.
    #[default]
    Shared,
    /// One in-band command of each session runs at a time, so handlers of different sessions run concurrently. Events
    /// that one session's command sends may arrive before the reply to another session's command.
    PerSession,
}

/// A fair lock that both threads and tasks can wait for.
///
/// Each holder hands it to the next in the queue: a later command cannot overtake one that waits.
#[derive(Debug, Default)]
pub(crate) struct Turn(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    taken: bool,
    next: u64,
    waiting: VecDeque<(u64, Waker)>,
    /// The waiter that was handed the turn and has not been polled since.
    granted: Option<u64>,
}

impl Turn {
    /// Takes the turn if it is free. It is never free while a command waits: the holder hands it on.
    pub(crate) fn try_take(&self) -> Option<Taken<&Turn>> {
        let mut state = lock(&self.0);
        if state.taken {
            return None;
        }
        state.taken = true;
        Some(Taken(Some(self)))
    }

    /// Waits for the turn.
    pub(crate) fn take(self: &Arc<Turn>) -> Take {
        Take { turn: Arc::clone(self), number: None }
    }

    fn pass_on(state: &mut State) -> Option<Waker> {
        match state.waiting.pop_front() {
            Some((number, waker)) => {
                state.granted = Some(number);
                Some(waker)
            }
            None => {
                state.taken = false;
                None
            }
        }
    }
}

/// The wait for a turn.
#[derive(Debug)]
pub(crate) struct Take {
    turn: Arc<Turn>,
    /// The ticket in the queue, once the future was polled.
    number: Option<u64>,
}

impl Future for Take {
    type Output = Taken<Arc<Turn>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Taken<Arc<Turn>>> {
        let turn = Arc::clone(&self.turn);
        let mut state = lock(&turn.0);
        match self.number {
            None if !state.taken => {
                state.taken = true;
                Poll::Ready(Taken(Some(Arc::clone(&turn))))
            }
            None => {
                let number = state.next;
                state.next += 1;
                state.waiting.push_back((number, cx.waker().clone()));
                self.number = Some(number);
                Poll::Pending
            }
            Some(number) if state.granted == Some(number) => {
                state.granted = None;
                self.number = None;
                Poll::Ready(Taken(Some(Arc::clone(&turn))))
            }
            Some(number) => {
                if let Some((_, waker)) = state.waiting.iter_mut().find(|(other, _)| *other == number) {
                    waker.clone_from(cx.waker());
                }
                Poll::Pending
            }
        }
    }
}

impl Drop for Take {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut state = lock(&self.turn.0);
        // A turn that was granted but never taken must go to the next waiter, or every later command would wait for
        // ever.
        let waker = if state.granted == Some(number) && !mutant::is(Mutant::LeaverKeepsTurn) {
            state.granted = None;
            Turn::pass_on(&mut state)
        } else {
            state.waiting.retain(|(other, _)| *other != number);
            None
        };
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Holds the turn until dropped; `T` is the reference to it.
#[derive(Debug)]
pub(crate) struct Taken<T: Deref<Target = Turn>>(Option<T>);

impl Taken<&Turn> {
    /// Turns the borrow into a counted reference. `turn` is the turn that is held.
    pub(crate) fn keep(mut self, turn: &Arc<Turn>) -> Taken<Arc<Turn>> {
        Taken(self.0.take().map(|_| Arc::clone(turn)))
    }
}

impl<T: Deref<Target = Turn>> Drop for Taken<T> {
    fn drop(&mut self) {
        let Some(turn) = &self.0 else { return };
        if mutant::is(Mutant::TurnIsNotPassedOn) {
            return;
        }
        let waker = Turn::pass_on(&mut lock(&turn.0));
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(take: &mut Take) -> Poll<Taken<Arc<Turn>>> {
        Pin::new(take).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn taken(take: &mut Take) -> Taken<Arc<Turn>> {
        match poll(take) {
            Poll::Ready(taken) => taken,
            Poll::Pending => panic!("the turn is not given"),
        }
    }

    #[test]
    fn goes_round_in_the_order_asked() {
        let turn = Arc::new(Turn::default());
        let [mut a, mut b, mut c] = [turn.take(), turn.take(), turn.take()];
        let first = taken(&mut a);
        assert!(poll(&mut b).is_pending() && poll(&mut c).is_pending());
        drop(first);
        // It is b's, though c or a newcomer may ask first.
        assert!(poll(&mut c).is_pending() && poll(&mut turn.take()).is_pending());
        let second = taken(&mut b);
        drop(second);
        drop(taken(&mut c));
        drop(taken(&mut turn.take()));
    }

    #[test]
    fn who_gives_up_holds_nobody_back() {
        let turn = Arc::new(Turn::default());
        let first = taken(&mut turn.take());
        let [mut b, mut c, mut d] = [turn.take(), turn.take(), turn.take()];
        assert!(poll(&mut b).is_pending() && poll(&mut c).is_pending() && poll(&mut d).is_pending());
        drop(b);
        drop(first);
        // Given to c, who leaves before noticing.
        drop(c);
        drop(taken(&mut d));
    }
}
