//! The way out: events from the log, and what is written to the client.

use super::{Guard, Link};
use crate::monitor::driver::Flushed;
use crate::monitor::driver::state::{Phase, State};
use crate::mutant::{self, Mutant};
use crate::sync::lock;
use std::io;
use std::sync::atomic::Ordering;

/// How many bytes of events are put into the outbox at once; the rest stays in the log, which all sessions share.
const EVENTS: usize = 64 * 1024;

impl Link {
    /// Whether events have to wait for the reply to the command that runs.
    pub(super) fn holds_events(&self, state: &State) -> bool {
        let first = self.monitor.replies_first && !mutant::is(Mutant::ReplyComesAfterEvents);
        first && state.session.as_ref().is_none_or(|session| session.is_running())
    }

    /// Puts events from the log into the outbox, some more than `amount` bytes at most.
    pub(super) fn catch_up(&self, state: &mut State, amount: usize) {
        let State { cursor: Some(cursor), outbox, .. } = state else { return };
        if !self.monitor.log.is_ahead_of(cursor) {
            return;
        }
        let start = outbox.waiting();
        while outbox.waiting() - start < amount {
            let Some(record) = cursor.next() else { break };
            let lost = outbox.is_blocked() && mutant::is(Mutant::EventIsLostWhenBlocked);
            if self.settings.hears(record.name()) && !lost {
                outbox.line(record.line(self.settings.pretty));
            }
        }
        self.place.store(cursor.bytes(), Ordering::Relaxed);
        state.overflowing |= state.outbox.waiting() > self.monitor.output_limit;
    }

    /// Writes what the client takes, by `write`, which must not block. Anyone may call it.
    pub(crate) fn flush(&self, mut write: impl FnMut(&[u8]) -> io::Result<usize>) -> Flushed {
        let mut state = lock(&self.state);
        // A try costs little, and who calls may know that there is room again.
        state.outbox.unblock();
        self.flush_locked(state, &mut write, false)
    }

    pub(super) fn flush_locked(
        &self,
        mut state: Guard<'_>,
        write: &mut impl FnMut(&[u8]) -> io::Result<usize>,
        helps: bool,
    ) -> Flushed {
        let (had_room, was_gone) = (self.has_room(&state), state.phase == Phase::Gone);
        let flushed = self.write_out(&mut state, write);
        // What the owner waits for has changed, or may have come.
        let came = match flushed {
            Flushed::Over => !was_gone,
            // Under such a policy nothing begins before all is written.
            Flushed::Empty if self.settings.may_crash() => !mutant::is(Mutant::WrittenOutWakesNobody),
            _ => !had_room && self.has_room(&state) && !mutant::is(Mutant::RoomWakesNobody),
        };
        if came || helps && flushed == Flushed::Blocked {
            self.wake_owner(state);
        } else {
            self.account(state);
        }
        flushed
    }

    pub(super) fn write_out(
        &self,
        state: &mut State,
        write: &mut impl FnMut(&[u8]) -> io::Result<usize>,
    ) -> Flushed {
        loop {
            if state.phase == Phase::Gone {
                return Flushed::Over;
            }
            if state.outbox.unsent().is_empty() {
                if !self.holds_events(state) {
                    self.catch_up(state, EVENTS);
                } else if self.bytes_behind(state) > self.monitor.output_limit {
                    return self.drop_behind(state);
                }
                if state.outbox.unsent().is_empty() {
                    break;
                }
            }
            match write(state.outbox.unsent()) {
                Ok(count) if count > 0 => state.outbox.sent(count),
                Ok(_) => return self.block(state),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return self.block(state),
                Err(error) => {
                    tracing::debug!(session = self.number(), %error, "client cannot be written to");
                    self.set_gone(state);
                }
            }
        }
        state.overflowing = false;
        if self.is_over(state) { Flushed::Over } else { Flushed::Empty }
    }

    /// The client takes no more. An event that does not fit any more ends its session.
    pub(super) fn block(&self, state: &mut State) -> Flushed {
        state.outbox.block();
        let behind = self.bytes_behind(state);
        if state.outbox.waiting() + behind <= self.monitor.output_limit {
            state.overflowing = false;
        } else if (behind > 0 || state.overflowing) && !mutant::is(Mutant::OverflowIsNeverDetected) {
            return self.drop_behind(state);
        }
        Flushed::Blocked
    }

    /// How many bytes of events are in the log for this client, more or less.
    pub(super) fn bytes_behind(&self, state: &State) -> usize {
        state.cursor.as_ref().map_or(0, |cursor| self.monitor.log.bytes_ahead_of(cursor))
    }

    /// Ends the session of a client whose events do not fit any more.
    fn drop_behind(&self, state: &mut State) -> Flushed {
        let waiting = state.outbox.waiting() + self.bytes_behind(state);
        tracing::warn!(session = self.number(), waiting, "client does not read its events: session dropped");
        self.set_gone(state);
        Flushed::Over
    }

    /// Takes all output away, for a writer that blocks; [`written`](Link::written) follows. Returns whether it is over.
    pub(crate) fn take_output(&self, bytes: &mut Vec<u8>) -> bool {
        let mut state = lock(&self.state);
        if !self.holds_events(&state) {
            self.catch_up(&mut state, EVENTS);
        }
        state.outbox.take(bytes);
        bytes.is_empty() && self.is_over(&state)
    }

    /// What was taken away is written.
    pub(crate) fn written(&self) {
        self.tell(|state| state.outbox.written());
    }
}
