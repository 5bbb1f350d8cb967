//! The output of a link: events are copied from the log, and bytes are written to the client.

use super::{Guard, Link};
use crate::monitor::driver::Flushed;
use crate::monitor::driver::state::{Phase, State};
use crate::mutant::{self, Mutant};
use crate::sync::lock;
use std::io;
use std::sync::atomic::Ordering;

/// How many bytes of events are copied to the outbox at once. The rest stays in the log, which all sessions share, so
/// that a slow client costs little memory of its own.
const EVENTS: usize = 64 * 1024;

impl Link {
    /// Whether events have to wait for the reply to the running command.
    pub(super) fn holds_events(&self, state: &State) -> bool {
        let first = self.monitor.replies_first && !mutant::is(Mutant::ReplyComesAfterEvents);
        first && state.session.as_ref().is_none_or(|session| session.is_running())
    }

    /// Copies events from the log to the outbox, up to `amount` bytes and the rest of the event that exceeds it.
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

    /// Writes output through `write`, which must not block. Any thread may call this.
    pub(crate) fn flush(&self, mut write: impl FnMut(&[u8]) -> io::Result<usize>) -> Flushed {
        let mut state = lock(&self.state);
        // The caller may know that the socket has room again, and one failed write costs little.
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
        // Whether something that the owner waits for has happened.
        let came = match flushed {
            Flushed::Over => !was_gone,
            // Under a policy that may crash the process, the owner starts no command until all output is written.
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

    /// The socket is full. An event that exceeds the output limit ends the session.
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

    /// About how many bytes of events wait in the log for this client. Counts events that its access does not grant,
    /// too.
    pub(super) fn bytes_behind(&self, state: &State) -> usize {
        state.cursor.as_ref().map_or(0, |cursor| self.monitor.log.bytes_ahead_of(cursor))
    }

    /// Ends the session of a client that does not read its events.
    fn drop_behind(&self, state: &mut State) -> Flushed {
        let waiting = state.outbox.waiting() + self.bytes_behind(state);
        tracing::warn!(session = self.number(), waiting, "client does not read its events: session dropped");
        self.set_gone(state);
        Flushed::Over
    }

    /// Moves all output to `bytes`, for a writer that blocks and then calls [`written`](Link::written). Returns whether
    /// the session is over.
    pub(crate) fn take_output(&self, bytes: &mut Vec<u8>) -> bool {
        let mut state = lock(&self.state);
        if !self.holds_events(&state) {
            self.catch_up(&mut state, EVENTS);
        }
        state.outbox.take(bytes);
        bytes.is_empty() && self.is_over(&state)
    }

    /// The output taken last is written.
    pub(crate) fn written(&self) {
        self.tell(|state| state.outbox.written());
    }
}
