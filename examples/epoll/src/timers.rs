//! The timers, and the commands about them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{self, Poll, Waker};
use std::time::Duration;

use qapi_runtime::clock::Clock;
use qapi_runtime::control::command::Quit;
use qapi_runtime::{Context, Error, EventSender, File, Result, control};
use send_wrapper::SendWrapper;

use crate::qapi::{self, RunningTimers, TimerInfo, command, event, timers};

/// How many timers may run.
const MOST: usize = 1000;

/// The timers of all clients: for the handlers, and for the loop, which has a clone.
///
/// There is one thread, so there is no lock. Handlers must still be `Send` and `Sync`, since threads may serve a
/// monitor. [`SendWrapper`] is both, whatever it contains: it panics when a thread other than its creator accesses the
/// value.
#[derive(Clone)]
pub(crate) struct Timers(SendWrapper<Rc<State>>);

struct State {
    clock: Arc<dyn Clock>,
    events: EventSender<qapi::Schema>,
    /// Never borrowed while foreign code runs, such as a waker or the wakers of an event's subscribers: it could borrow
    /// again.
    running: RefCell<BTreeMap<String, Timer>>,
    quit: Cell<bool>,
}

struct Timer {
    due: Duration,
    /// The client's descriptors, closed when the timer ends.
    _files: Vec<File>,
    /// The wakers of `wait-timer` commands.
    waiting: Vec<Waker>,
    /// Distinguishes the timer from a later one of the same name.
    identity: Rc<()>,
}

impl Timers {
    /// Creates the timers, bound to the calling thread.
    pub(crate) fn new(clock: Arc<dyn Clock>, events: EventSender<qapi::Schema>) -> Timers {
        let state = State { clock, events, running: RefCell::default(), quit: Cell::new(false) };
        Timers(SendWrapper::new(Rc::new(state)))
    }

    /// The current time, on the scale of all deadlines.
    pub(crate) fn now(&self) -> Duration {
        self.0.now()
    }

    /// When the next timer expires.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.0.running.borrow().values().map(|timer| timer.due).min()
    }

    /// Ends the timers that are due.
    pub(crate) fn expire(&self, now: Duration) {
        self.0.expire(now);
    }

    /// Whether a client has executed `quit`.
    pub(crate) fn asked_to_quit(&self) -> bool {
        self.0.quit.get()
    }
}

impl State {
    fn now(&self) -> Duration {
        self.clock.now().monotonic
    }

    fn expire(&self, now: Duration) {
        // One at a time: `running` must not be borrowed while the event and the wakers run foreign code.
        while let Some((name, timer)) = self.take_due(now) {
            event::TimerExpired::new(name).send(&self.events);
            timer.waiting.into_iter().for_each(Waker::wake);
            self.tell_how_many();
        }
    }

    /// Removes and returns the timer that was due first, if it is due.
    fn take_due(&self, now: Duration) -> Option<(String, Timer)> {
        let mut running = self.running.borrow_mut();
        let (name, timer) = running.iter().min_by_key(|(_, timer)| timer.due)?;
        if timer.due > now {
            return None;
        }
        let name = name.clone();
        running.remove_entry(&name)
    }

    fn tell_how_many(&self) {
        let count = self.running.borrow().len();
        event::TimersChanged::new(u32::try_from(count).unwrap_or(u32::MAX)).send(&self.events);
    }

    /// Ready when the timer no longer runs.
    fn poll_end(&self, name: &str, identity: &Rc<()>, cx: &mut task::Context<'_>) -> Poll<()> {
        let mut running = self.running.borrow_mut();
        match running.get_mut(name) {
            Some(timer) if Rc::ptr_eq(&timer.identity, identity) => {
                if !timer.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                    timer.waiting.push(cx.waker().clone());
                }
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }
}

impl timers::Commands for Timers {
    fn set_timer(&self, cx: &Context<'_>, args: command::SetTimer) -> Result<()> {
        let command::SetTimer { name, milliseconds } = args;
        let mut running = self.0.running.borrow_mut();
        if running.contains_key(&name) {
            return Err(Error::generic(format_args!("The timer '{name}' runs already")));
        }
        if running.len() >= MOST {
            return Err(Error::generic(format_args!("{MOST} timers run already")));
        }
        let timer = Timer {
            due: self.0.now() + Duration::from_millis(milliseconds.into()),
            _files: cx.files().take_all(),
            waiting: Vec::new(),
            identity: Rc::default(),
        };
        running.insert(name, timer);
        // The event reads `running`, and may wake foreign code: end the borrow first.
        drop(running);
        self.0.tell_how_many();
        Ok(())
    }

    /// The future must be `Send` but holds state that is bound to the thread, so it is wrapped, too.
    fn wait_timer(
        &self,
        cx: &Context<'_>,
        args: command::WaitTimer,
    ) -> impl Future<Output = Result<()>> + Send {
        // The command only waits, so the runtime may drop it when the client leaves.
        cx.drop_when_cancelled();
        let command::WaitTimer { name } = args;
        let state = Rc::clone(&self.0);
        SendWrapper::new(async move {
            let identity = state.running.borrow().get(&name).map(|timer| Rc::clone(&timer.identity));
            let Some(identity) = identity else {
                return Err(Error::generic(format_args!("No timer '{name}' runs")));
            };
            poll_fn(|cx| state.poll_end(&name, &identity, cx)).await;
            Ok(())
        })
    }

    fn query_timers(&self, _: &Context<'_>, _: command::QueryTimers) -> Result<RunningTimers> {
        let now = self.0.now();
        let left = |due: Duration| u64::try_from(due.saturating_sub(now).as_millis()).unwrap_or(u64::MAX);
        let running = self.0.running.borrow();
        let timers = running.iter().map(|(name, timer)| TimerInfo::new(name.clone(), left(timer.due)));
        Ok(RunningTimers::new(timers.collect()))
    }
}

impl control::Commands for Timers {
    fn quit(&self, _: &Context<'_>, _: Quit) -> Result<()> {
        self.0.quit.set(true);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use qapi_runtime::clock::SystemClock;

    use super::*;

    #[test]
    fn another_thread_is_refused() {
        let timers = Timers::new(Arc::new(SystemClock::new()), EventSender::new());
        let clone = timers.clone();
        assert_eq!(clone.next_deadline(), None);
        let other = std::thread::scope(|scope| scope.spawn(|| timers.next_deadline()).join());
        assert!(other.is_err(), "state that has no lock was reached from another thread");
    }
}
