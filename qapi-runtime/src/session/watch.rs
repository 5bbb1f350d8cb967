//! Makes sure that an interceptor is called after every command that it was called before.

use crate::clock::Clock;
use crate::interceptor::{Finished, Incoming, Interceptor, Label, Verdict};
use crate::{Error, Escaped, Origin, Result};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// An interceptor, and the clock for its durations: sessions read no clock themselves.
#[derive(Clone)]
pub(super) struct Hook {
    pub(super) interceptor: Arc<dyn Interceptor>,
    pub(super) clock: Arc<dyn Clock>,
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").finish_non_exhaustive()
    }
}

/// A command for which the interceptor, if there is one, was called before and not yet after.
///
/// Dropping it, for instance because the client has left, reports the command as abandoned.
#[derive(Debug, Default)]
pub(super) struct Watch(Option<Box<Owed>>);

/// The data for the call after the command. The command's own text may be gone by then.
#[derive(Debug)]
struct Owed {
    hook: Hook,
    origin: Arc<Origin>,
    name: Option<String>,
    id: Option<String>,
    out_of_band: bool,
    since: Duration,
}

impl Watch {
    /// Calls the interceptor before the command. The error is its refusal, for the client.
    pub(super) fn begin(hook: &Hook, origin: &Arc<Origin>, incoming: &Incoming<'_>) -> (Watch, Result<()>) {
        let Label { origin: _, name, id, out_of_band } = incoming.label;
        let owed = Owed {
            hook: hook.clone(),
            origin: Arc::clone(origin),
            name: name.map(str::to_owned),
            id: id.map(str::to_owned),
            out_of_band,
            since: hook.clock.now().monotonic,
        };
        let called = catch_unwind(AssertUnwindSafe(|| hook.interceptor.before(incoming)));
        let verdict = called.unwrap_or_else(|_| {
            tracing::error!(
                command = name.map(|name| tracing::field::display(Escaped::new(name))),
                "interceptor panicked"
            );
            Err(Error::generic("The command was refused: its interceptor panicked"))
        });
        (Watch(Some(Box::new(owed))), verdict)
    }

    /// Reports how the command ended.
    pub(super) fn end<T>(mut self, result: &Result<T>) {
        let Some(owed) = self.0.take() else { return };
        owed.settle(match result {
            Ok(_) => Verdict::Succeeded,
            Err(error) => Verdict::Failed(error.class()),
        });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(owed) = self.0.take() {
            owed.settle(Verdict::Abandoned);
        }
    }
}

impl Owed {
    fn settle(&self, verdict: Verdict<'_>) {
        let Owed { hook, origin, name, id, out_of_band, since } = self;
        let label = Label { origin, name: name.as_deref(), id: id.as_deref(), out_of_band: *out_of_band };
        let duration = hook.clock.now().monotonic.saturating_sub(*since);
        let finished = Finished { label, verdict, duration };
        // This may run while a panic unwinds, where a second panic would abort the process.
        if catch_unwind(AssertUnwindSafe(|| hook.interceptor.after(&finished))).is_err() {
            tracing::error!("interceptor panicked");
        }
    }
}
