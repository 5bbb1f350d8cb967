//! What is on its way to one client.

use super::Record;
use crate::sync::{Signal, lock};
use std::fmt;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The way out of a session: a transport implements it.
///
/// It is called with the outbox locked, so it must not call back and must not block.
pub(crate) trait Wire: Send + 'static {
    /// Writes what can be written at once. `WouldBlock` when nothing can.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Bytes are left: somebody has to call [`Outbox::flush`] when there is room again. An error: nobody will.
    fn blocked(&mut self) -> io::Result<()>;
    /// Ends the connection: no output follows, and a reader shall wake up.
    fn shut(&mut self);
    /// Whether nobody is left at the other end.
    fn is_abandoned(&self) -> bool;
}

/// How many bytes of replies may wait for those behind them.
const HELD: usize = 16 * 1024;

/// The output of one session: replies by the session, events by anyone.
///
/// Replies may be [held](Outbox::hold), to be written together with those behind them. Whoever holds them
/// [releases](Outbox::release) them before waiting for anything; an event takes them along, so the order stays.
///
/// Bounded: when a client does not read, its events pile up to the limit, then the session is dropped. Replies do not
/// count towards dropping it, since a session takes no command while more than the limit waits.
pub(crate) struct Outbox {
    state: Mutex<State>,
    changed: Signal,
    /// Noted by [`Held`](super::Held), which releases what is held too long.
    noted: AtomicBool,
    session: u64,
    pretty: bool,
    limit: usize,
    /// How many bytes of replies may be held.
    held: usize,
}

struct State {
    buffer: Vec<u8>,
    /// How much of the buffer is written already.
    sent: usize,
    /// How much a writer has taken away and not yet written.
    taken: usize,
    /// The client did not take all, and somebody was told to write on. Bytes of an outbox that is not blocked are held.
    blocked: bool,
    negotiated: bool,
    closed: bool,
    wire: Box<dyn Wire>,
}

impl State {
    fn waiting(&self) -> usize {
        self.buffer.len() - self.sent + self.taken
    }

    fn close(&mut self) {
        if !self.closed {
            self.closed = true;
            self.buffer = Vec::new();
            self.sent = 0;
            self.taken = 0;
            self.blocked = false;
            self.wire.shut();
        }
    }

    /// Adds output of the session, which gets an empty buffer in return: neither is allocated anew for each command.
    fn put(&mut self, output: &mut Vec<u8>, negotiated: bool) {
        self.negotiated = negotiated;
        if !self.closed {
            if self.buffer.is_empty() {
                std::mem::swap(&mut self.buffer, output);
            } else {
                self.buffer.extend_from_slice(output);
            }
        }
        output.clear();
    }

    /// Writes what is held.
    fn release(&mut self, session: u64) {
        if !self.blocked && !self.buffer.is_empty() {
            self.write(session);
        }
    }

    /// The client takes no more now.
    fn block(&mut self, session: u64) {
        // A client that is always a little behind must not make the buffer grow by all that it ever read.
        if self.sent > self.buffer.len() / 2 {
            self.buffer.drain(..self.sent);
            self.sent = 0;
        }
        self.blocked = true;
        if let Err(error) = self.wire.blocked() {
            tracing::error!(session, %error, "client cannot be waited for: session dropped");
            self.close();
        }
    }

    fn write(&mut self, session: u64) {
        while !self.closed && self.sent < self.buffer.len() {
            match self.wire.write(&self.buffer[self.sent..]) {
                Ok(0) => return self.block(session),
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return self.block(session),
                Err(error) => {
                    tracing::debug!(session, %error, "client cannot be written to");
                    self.close();
                }
            }
        }
        self.sent = 0;
        self.blocked = false;
        // An idle session keeps no large buffer.
        if self.buffer.capacity() > 16 * 1024 {
            self.buffer = Vec::new();
        } else {
            self.buffer.clear();
        }
    }
}

impl Outbox {
    pub(crate) fn new(session: u64, wire: Box<dyn Wire>, pretty: bool, limit: usize) -> Outbox {
        let state = State {
            buffer: Vec::new(),
            sent: 0,
            taken: 0,
            blocked: false,
            negotiated: false,
            closed: false,
            wire,
        };
        let (state, changed) = (Mutex::new(state), Signal::default());
        Outbox { state, changed, noted: AtomicBool::new(false), session, pretty, limit, held: HELD }
    }

    /// The same, but nothing is ever held: a command may end the process, and what was said before it shall be read.
    pub(crate) fn unheld(self) -> Outbox {
        Outbox { held: 0, ..self }
    }

    /// Sends what the session has to say, and notes whether it gets events from now on.
    pub(crate) fn reply(&self, output: &mut Vec<u8>, negotiated: bool) {
        let mut state = lock(&self.state);
        state.put(output, negotiated);
        state.release(self.session);
        drop(state);
        self.changed.notify_all();
    }

    /// The same, but waits for what the session says next, unless that is much already. The caller
    /// [releases](Outbox::release) it before waiting for anything else.
    pub(crate) fn hold(&self, output: &mut Vec<u8>, negotiated: bool) {
        let mut state = lock(&self.state);
        state.put(output, negotiated);
        if state.buffer.len() > self.held {
            state.release(self.session);
        }
    }

    /// Writes what is held.
    pub(crate) fn release(&self) {
        lock(&self.state).release(self.session);
        self.changed.notify_all();
    }

    /// Notes that somebody releases, after a moment, what is held. Returns whether that was noted before.
    pub(super) fn note(&self) -> bool {
        // A look costs less than a change.
        self.noted.load(Ordering::SeqCst) || self.noted.swap(true, Ordering::SeqCst)
    }

    /// Forgets that note: the release follows.
    pub(super) fn forget_note(&self) {
        self.noted.store(false, Ordering::SeqCst);
    }

    /// Sends an event, if the session gets events and has room.
    pub(crate) fn event(&self, record: &Record) {
        let line = record.line(self.pretty);
        let mut state = lock(&self.state);
        if state.closed || !state.negotiated {
            return;
        }
        if state.waiting() + line.len() > self.limit {
            state.release(self.session);
        }
        if state.closed {
            // The release came upon the end of the connection.
        } else if state.waiting() + line.len() > self.limit {
            tracing::warn!(
                session = self.session,
                waiting = state.waiting(),
                "client does not read its events: session dropped"
            );
            state.close();
        } else {
            state.buffer.extend_from_slice(line);
            state.release(self.session);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Writes on. Returns whether bytes are left.
    pub(crate) fn flush(&self) -> bool {
        let mut state = lock(&self.state);
        state.write(self.session);
        let left = state.blocked;
        drop(state);
        self.changed.notify_all();
        left
    }

    /// Whether bytes are left that the client did not take at once.
    #[cfg(feature = "tokio")]
    pub(crate) fn is_blocked(&self) -> bool {
        lock(&self.state).blocked
    }

    /// Takes all bytes away, to be written by the caller; [`written`](Outbox::written) follows.
    pub(crate) fn take(&self, bytes: &mut Vec<u8>) {
        let mut state = lock(&self.state);
        bytes.clear();
        let sent = std::mem::take(&mut state.sent);
        std::mem::swap(&mut state.buffer, bytes);
        bytes.drain(..sent);
        state.taken = bytes.len();
        state.blocked = false;
    }

    /// The bytes taken are written, or lost with the connection.
    pub(crate) fn written(&self) {
        lock(&self.state).taken = 0;
        self.changed.notify_all();
    }

    /// Whether a command may be taken: not while the client leaves more than the limit unread.
    pub(crate) fn has_room(&self) -> bool {
        let mut state = lock(&self.state);
        if state.waiting() > self.limit {
            state.release(self.session);
        }
        state.closed || state.waiting() <= self.limit
    }

    /// Whether the connection has ended.
    pub(crate) fn is_closed(&self) -> bool {
        lock(&self.state).closed
    }

    /// Whether the connection has ended, or the client has left and nobody has noticed yet: who reads for the session may
    /// be running its command.
    pub(crate) fn is_abandoned(&self) -> bool {
        let state = lock(&self.state);
        state.closed || state.wire.is_abandoned()
    }

    /// Ends the connection; what is not written is lost.
    pub(crate) fn close(&self) {
        lock(&self.state).close();
        self.changed.notify_all();
    }

    /// Waits until there is room again.
    pub(crate) fn wait_for_room(&self) {
        let mut state = lock(&self.state);
        state.release(self.session);
        while !state.closed && state.waiting() > self.limit {
            state = self.changed.wait_for(state, Duration::from_secs(3600));
        }
    }

    /// Waits until everything is written, or `until`. Returns whether nothing is left.
    pub(crate) fn wait_until_written(&self, until: Option<Instant>) -> bool {
        let mut state = lock(&self.state);
        state.release(self.session);
        while !state.closed && state.waiting() > 0 {
            let left = match until {
                None => Duration::from_secs(3600),
                Some(until) => until.saturating_duration_since(Instant::now()),
            };
            if left.is_zero() {
                return false;
            }
            state = self.changed.wait_for(state, left);
        }
        true
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("session", &self.session).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
