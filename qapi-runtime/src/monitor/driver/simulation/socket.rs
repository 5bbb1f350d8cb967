//! A stream socket as Linux has it, with both ends in one value.

use crate::File;
use crate::sync::{Mutex, lock};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};

/// How much of what the client sends may be on its way.
const INBOX: usize = 16 * 1024;

/// A connected socket.
#[derive(Debug)]
pub(super) struct Socket(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// What the client has sent. Descriptors come with the first byte of their piece.
    inbox: VecDeque<(Vec<u8>, Vec<File>)>,
    waiting: usize,
    /// The client has closed its direction.
    ended: bool,
    /// The client has closed the socket.
    left: bool,
    /// What the client has sent is lost, too.
    reset: bool,
    /// The server has closed both directions.
    shut: bool,
    /// What the server has sent and the client has not read.
    outbox: Vec<u8>,
    capacity: usize,
    /// How many bytes the server has sent.
    sent: usize,
    /// The way out has changed since the task looked.
    changed: bool,
}

/// The server's end.
impl Socket {
    /// A socket that takes so many bytes that the client does not read.
    pub(super) fn new(capacity: usize) -> Socket {
        Socket(Mutex::new(State { capacity, changed: true, ..State::default() }))
    }

    /// Reads, or tells the end by no bytes.
    pub(super) fn receive(&self, limit: usize) -> io::Result<(Vec<u8>, Vec<File>)> {
        let mut state = lock(&self.0);
        if state.reset {
            return Err(ErrorKind::ConnectionReset.into());
        }
        let Some((piece, files)) = state.inbox.front_mut() else {
            let over = state.ended || state.left || state.shut;
            return if over { Ok((Vec::new(), Vec::new())) } else { Err(ErrorKind::WouldBlock.into()) };
        };
        let files = std::mem::take(files);
        let bytes: Vec<u8> = piece.drain(..limit.min(piece.len())).collect();
        if piece.is_empty() {
            state.inbox.pop_front();
        }
        state.waiting -= bytes.len();
        Ok((bytes, files))
    }

    /// Writes what fits.
    pub(super) fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = lock(&self.0);
        if state.reset || state.left || state.shut {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let count = bytes.len().min(state.room());
        if count == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        state.outbox.extend_from_slice(&bytes[..count]);
        state.sent += count;
        Ok(count)
    }

    /// Ends the connection; what the client has not read yet it still can.
    pub(super) fn shut(&self) {
        let mut state = lock(&self.0);
        state.shut = true;
        state.changed = true;
        state.inbox.clear();
        state.waiting = 0;
    }

    pub(super) fn has_hung_up(&self) -> bool {
        let state = lock(&self.0);
        state.left || state.reset || state.shut
    }

    pub(super) fn is_readable(&self) -> bool {
        let state = lock(&self.0);
        !state.inbox.is_empty() || state.ended || state.left || state.reset || state.shut
    }

    pub(super) fn has_room(&self) -> bool {
        lock(&self.0).room() > 0
    }

    pub(super) fn has_changed(&self) -> bool {
        lock(&self.0).changed
    }

    /// Waits for the next change from here on; returns whether there was one.
    pub(super) fn take_change(&self) -> bool {
        std::mem::take(&mut lock(&self.0).changed)
    }
}

/// The client's end.
impl Socket {
    pub(super) fn takes_input(&self) -> bool {
        let state = lock(&self.0);
        !(state.ended || state.left || state.reset || state.shut) && state.waiting < INBOX
    }

    pub(super) fn put(&self, bytes: Vec<u8>, files: Vec<File>) {
        let mut state = lock(&self.0);
        state.waiting += bytes.len();
        // Pieces without descriptors run together, as in any stream.
        match state.inbox.back_mut() {
            Some((last, _)) if files.is_empty() => last.extend_from_slice(&bytes),
            _ => state.inbox.push_back((bytes, files)),
        }
    }

    pub(super) fn end(&self) {
        lock(&self.0).ended = true;
    }

    /// Closes it. What was sent can still be read, unless the connection is reset.
    pub(super) fn leave(&self, reset: bool) {
        let mut state = lock(&self.0);
        state.left = true;
        state.changed = true;
        state.outbox.clear();
        if reset {
            state.reset = true;
            state.inbox.clear();
            state.waiting = 0;
        }
    }

    pub(super) fn unread(&self) -> usize {
        lock(&self.0).outbox.len()
    }

    pub(super) fn read(&self, limit: usize) -> Vec<u8> {
        let mut state = lock(&self.0);
        let count = limit.min(state.outbox.len());
        let bytes = state.outbox.drain(..count).collect();
        state.changed |= count > 0;
        bytes
    }

    pub(super) fn has_left(&self) -> bool {
        lock(&self.0).left
    }

    pub(super) fn is_shut(&self) -> bool {
        lock(&self.0).shut
    }

    /// How much input the server has not read.
    pub(super) fn in_flight(&self) -> usize {
        lock(&self.0).waiting
    }
}

impl State {
    fn room(&self) -> usize {
        self.capacity.saturating_sub(self.outbox.len())
    }
}
