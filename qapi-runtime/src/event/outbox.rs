//! What is on its way to one client.

use super::Record;
use crate::sync::{lock, wait_for};
use std::fmt;
use std::io;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// The way out of a session: a transport implements it.
///
/// It is called with the outbox locked, so it must not call back and must not block.
pub(crate) trait Wire: Send + 'static {
    /// Writes what can be written at once. `WouldBlock` when nothing can.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Bytes are left: somebody has to call [`Outbox::flush`] when there is room again.
    fn blocked(&mut self);
    /// Ends the connection: no output follows, and a reader shall wake up.
    fn shut(&mut self);
    /// Whether nobody is left at the other end.
    fn is_abandoned(&self) -> bool;
}

/// The output of one session: replies by the session, events by anyone.
///
/// Bounded: when a client does not read, its events pile up to the limit, then the session is dropped. Replies do not
/// count towards dropping it, since a session takes no command while more than the limit waits.
pub(crate) struct Outbox {
    state: Mutex<State>,
    changed: Condvar,
    session: u64,
    pretty: bool,
    limit: usize,
}

struct State {
    buffer: Vec<u8>,
    /// How much of the buffer is written already.
    sent: usize,
    /// How much a writer has taken away and not yet written.
    taken: usize,
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
            self.wire.shut();
        }
    }

    fn write(&mut self, session: u64) {
        while !self.closed && self.sent < self.buffer.len() {
            match self.wire.write(&self.buffer[self.sent..]) {
                Ok(0) => return self.wire.blocked(),
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return self.wire.blocked();
                }
                Err(error) => {
                    tracing::debug!(session, %error, "client cannot be written to");
                    self.close();
                }
            }
        }
        self.sent = 0;
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
        let state = State { buffer: Vec::new(), sent: 0, taken: 0, negotiated: false, closed: false, wire };
        Outbox { state: Mutex::new(state), changed: Condvar::new(), session, pretty, limit }
    }

    /// Sends what the session has to say, and notes whether it gets events from now on.
    pub(crate) fn reply(&self, output: &mut Vec<u8>, negotiated: bool) {
        let mut state = lock(&self.state);
        state.negotiated = negotiated;
        if !state.closed && !output.is_empty() {
            if state.buffer.is_empty() {
                // The session gets the empty buffer in return: neither is allocated anew for each command.
                std::mem::swap(&mut state.buffer, output);
                state.write(self.session);
            } else {
                // Whoever was told about the bytes before these writes these, too.
                state.buffer.extend_from_slice(output);
            }
        }
        output.clear();
        self.changed.notify_all();
    }

    /// Sends an event, if the session gets events and has room.
    pub(crate) fn event(&self, record: &Record) {
        let line = record.line(self.pretty);
        let mut state = lock(&self.state);
        if state.closed || !state.negotiated {
            return;
        }
        if state.waiting() + line.len() > self.limit {
            tracing::warn!(
                session = self.session,
                waiting = state.waiting(),
                "client does not read its events: session dropped"
            );
            state.close();
        } else {
            let idle = state.buffer.is_empty();
            state.buffer.extend_from_slice(line);
            if idle {
                state.write(self.session);
            }
        }
        self.changed.notify_all();
    }

    /// Writes on. Returns whether bytes are left.
    pub(crate) fn flush(&self) -> bool {
        let mut state = lock(&self.state);
        state.write(self.session);
        self.changed.notify_all();
        !state.buffer.is_empty()
    }

    /// Whether bytes are left that the client did not take at once.
    #[cfg(feature = "tokio")]
    pub(crate) fn is_blocked(&self) -> bool {
        !lock(&self.state).buffer.is_empty()
    }

    /// Takes all bytes away, to be written by the caller; [`written`](Outbox::written) follows.
    pub(crate) fn take(&self, bytes: &mut Vec<u8>) {
        let mut state = lock(&self.state);
        bytes.clear();
        let sent = std::mem::take(&mut state.sent);
        std::mem::swap(&mut state.buffer, bytes);
        bytes.drain(..sent);
        state.taken = bytes.len();
    }

    /// The bytes taken are written, or lost with the connection.
    pub(crate) fn written(&self) {
        lock(&self.state).taken = 0;
        self.changed.notify_all();
    }

    /// Whether a command may be taken: not while the client leaves more than the limit unread.
    pub(crate) fn has_room(&self) -> bool {
        let state = lock(&self.state);
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
        while !state.closed && state.waiting() > self.limit {
            state = wait_for(&self.changed, state, Duration::from_secs(3600));
        }
    }

    /// Waits until everything is written, or `until`. Returns whether nothing is left.
    pub(crate) fn wait_until_written(&self, until: Option<Instant>) -> bool {
        let mut state = lock(&self.state);
        while !state.closed && state.waiting() > 0 {
            let left = match until {
                None => Duration::from_secs(3600),
                Some(until) => until.saturating_duration_since(Instant::now()),
            };
            if left.is_zero() {
                return false;
            }
            state = wait_for(&self.changed, state, left);
        }
        true
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("session", &self.session).finish_non_exhaustive()
    }
}
