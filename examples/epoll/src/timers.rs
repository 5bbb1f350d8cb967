//! The timers, and the commands about them.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{self, Poll, Waker};
use std::time::Duration;

use qapi_runtime::clock::Clock;
use qapi_runtime::control::command::Quit;
use qapi_runtime::{Context, Error, EventSender, File, Result, control};

use crate::qapi::{self, RunningTimers, TimerInfo, command, event, timers};

/// How many timers may run.
const MOST: usize = 1000;

/// The timers of all clients.
///
/// There is one thread. The lock is for the compiler, to which handlers may run on any.
pub(crate) struct Timers {
    clock: Arc<dyn Clock>,
    events: EventSender<qapi::Schema>,
    running: Mutex<BTreeMap<String, Timer>>,
    quit: AtomicBool,
}

struct Timer {
    due: Duration,
    /// Closed with the timer.
    _files: Vec<File>,
    /// Those who wait for its end.
    waiting: Vec<Waker>,
    /// Tells it from a later one with its name.
    identity: Arc<()>,
}

impl Timers {
    pub(crate) fn new(clock: Arc<dyn Clock>, events: EventSender<qapi::Schema>) -> Timers {
        Timers { clock, events, running: Mutex::default(), quit: AtomicBool::new(false) }
    }

    /// The present time, on the scale of all deadlines.
    pub(crate) fn now(&self) -> Duration {
        self.clock.now().monotonic
    }

    /// When the next timer expires.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.running().values().map(|timer| timer.due).min()
    }

    /// Ends the timers that are due.
    pub(crate) fn expire(&self, now: Duration) {
        while let Some((name, timer)) = self.take_due(now) {
            event::TimerExpired::new(name).send(&self.events);
            timer.waiting.into_iter().for_each(Waker::wake);
            self.tell_how_many();
        }
    }

    /// Takes the timer that was due first.
    fn take_due(&self, now: Duration) -> Option<(String, Timer)> {
        let mut running = self.running();
        let (name, timer) = running.iter().min_by_key(|(_, timer)| timer.due)?;
        if timer.due > now {
            return None;
        }
        let name = name.clone();
        running.remove_entry(&name)
    }

    /// Whether a client has asked for the end of the process.
    pub(crate) fn asked_to_quit(&self) -> bool {
        self.quit.load(Ordering::Relaxed)
    }

    fn tell_how_many(&self) {
        let count = self.running().len();
        event::TimersChanged::new(u32::try_from(count).unwrap_or(u32::MAX)).send(&self.events);
    }

    /// Ready when the timer no longer runs.
    fn poll_end(&self, name: &str, identity: &Arc<()>, cx: &mut task::Context<'_>) -> Poll<()> {
        let mut running = self.running();
        match running.get_mut(name) {
            Some(timer) if Arc::ptr_eq(&timer.identity, identity) => {
                if !timer.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                    timer.waiting.push(cx.waker().clone());
                }
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<String, Timer>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl timers::Commands for Timers {
    fn set_timer(&self, cx: &Context<'_>, args: command::SetTimer) -> Result<()> {
        let mut running = self.running();
        if running.contains_key(&args.name) {
            return Err(Error::generic(format_args!("The timer '{}' runs already", args.name)));
        }
        if running.len() >= MOST {
            return Err(Error::generic(format_args!("{MOST} timers run already")));
        }
        let timer = Timer {
            due: self.now() + Duration::from_millis(args.milliseconds.into()),
            _files: cx.files().take_all(),
            waiting: Vec::new(),
            identity: Arc::default(),
        };
        running.insert(args.name, timer);
        drop(running);
        self.tell_how_many();
        Ok(())
    }

    async fn wait_timer(&self, cx: &Context<'_>, args: command::WaitTimer) -> Result<()> {
        // Nothing would be left undone if the client left meanwhile.
        cx.drop_when_cancelled();
        let identity = self.running().get(&args.name).map(|timer| Arc::clone(&timer.identity));
        let Some(identity) = identity else {
            return Err(Error::generic(format_args!("No timer '{}' runs", args.name)));
        };
        poll_fn(|cx| self.poll_end(&args.name, &identity, cx)).await;
        Ok(())
    }

    fn query_timers(&self, _: &Context<'_>, _: command::QueryTimers) -> Result<RunningTimers> {
        let now = self.now();
        let left = |due: Duration| u64::try_from(due.saturating_sub(now).as_millis()).unwrap_or(u64::MAX);
        let running = self.running();
        let timers = running.iter().map(|(name, timer)| TimerInfo::new(name.clone(), left(timer.due)));
        Ok(RunningTimers::new(timers.collect()))
    }
}

impl control::Commands for Timers {
    fn quit(&self, _: &Context<'_>, _: Quit) -> Result<()> {
        self.quit.store(true, Ordering::Relaxed);
        Ok(())
    }
}
