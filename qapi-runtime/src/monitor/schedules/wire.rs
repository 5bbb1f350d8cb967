//! A client's socket, and a wait for many sockets.

use crate::sync::{Condvar, Mutex, lock, wait};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

/// What reading a socket came to.
pub(super) enum Received {
    Bytes(Vec<u8>),
    /// The client has closed its direction.
    Ended,
    /// Both directions are closed.
    HungUp,
}

/// A client's socket: the server's end and the client's.
pub(super) struct Wire {
    state: Mutex<State>,
    /// Input has come, or an end.
    readable: Condvar,
    /// Output has come, or room for it, or an end.
    written: Condvar,
    poll: Arc<Watch>,
}

struct State {
    input: VecDeque<Vec<u8>>,
    input_ended: bool,
    hung_up: bool,
    output: Vec<u8>,
    /// How many more bytes it takes.
    room: usize,
    /// The session by whose number it is watched, once, and whether for room, too.
    watched: Option<(u64, bool)>,
    /// A task that waits for input or an end, and whether for room, too.
    task: Option<(Waker, bool)>,
}

impl Wire {
    /// A socket that takes `room` bytes until its client reads.
    pub(super) fn new(poll: &Arc<Watch>, room: usize) -> Arc<Wire> {
        let state = State {
            input: VecDeque::new(),
            input_ended: false,
            hung_up: false,
            output: Vec::new(),
            room,
            watched: None,
            task: None,
        };
        let (readable, written) = (Condvar::new(), Condvar::new());
        Arc::new(Wire { state: Mutex::new(state), readable, written, poll: Arc::clone(poll) })
    }

    /// Changes the state as the kernel would: all who wait for it are told.
    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = lock(&self.state);
        let result = change(&mut state);
        if let Some((session, room)) = state.watched
            && (state.hung_up || room && state.room > 0)
        {
            state.watched = None;
            self.poll.told(session);
        }
        let came = !state.input.is_empty() || state.input_ended || state.hung_up;
        let room = state.room > 0;
        let task = state.task.take_if(|(_, for_room)| came || *for_room && room);
        drop(state);
        self.readable.notify_all();
        self.written.notify_all();
        if let Some((task, _)) = task {
            task.wake();
        }
        result
    }
}

/// The client's end.
impl Wire {
    /// Sends.
    pub(super) fn send(&self, bytes: &str) {
        self.change(|state| state.input.push_back(bytes.into()));
    }

    /// Closes the client's direction. It goes on reading.
    pub(super) fn end(&self) {
        self.change(|state| state.input_ended = true);
    }

    /// Leaves.
    pub(super) fn hang_up(&self) {
        self.change(|state| state.hung_up = true);
    }

    /// Reads until the output has `count` lines, and gives as many bytes of `room` at a time. Returns all lines so far.
    pub(super) fn read(&self, count: usize) -> Vec<String> {
        let mut seen = 0;
        loop {
            let mut state = lock(&self.state);
            while state.output.len() == seen && !state.hung_up {
                state = wait(&self.written, state);
            }
            let read = state.output.len() - seen;
            seen += read;
            let lines = lines(&state.output);
            let enough = lines.len() >= count || state.hung_up;
            drop(state);
            self.change(|state| state.room += read);
            if enough {
                return lines;
            }
        }
    }

    /// All lines that were written so far.
    pub(super) fn lines(&self) -> Vec<String> {
        lines(&lock(&self.state).output)
    }
}

fn lines(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| line.trim().to_owned())
        .collect()
}

/// The server's end.
impl Wire {
    /// Blocks until there is something to read.
    pub(super) fn receive(&self) -> Received {
        let mut state = lock(&self.state);
        loop {
            if let Some(received) = take(&mut state) {
                return received;
            }
            state = wait(&self.readable, state);
        }
    }

    /// Reads what there is, and has `task` woken when there is more, or when the client leaves.
    pub(super) fn poll_receive(&self, task: &Waker) -> Option<Received> {
        let mut state = lock(&self.state);
        state.task = Some((task.clone(), false));
        take(&mut state)
    }

    /// Has `task` woken by the next change, also when there is room.
    pub(super) fn await_change(&self, task: &Waker) {
        lock(&self.state).task = Some((task.clone(), true));
    }

    /// Writes what there is room for.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = lock(&self.state);
        if state.hung_up {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let count = bytes.len().min(state.room);
        if count == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        state.output.extend_from_slice(&bytes[..count]);
        state.room -= count;
        drop(state);
        self.written.notify_all();
        Ok(count)
    }

    /// Writes all, and blocks until there is room.
    pub(super) fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let mut state = lock(&self.state);
                    while state.room == 0 && !state.hung_up {
                        state = wait(&self.written, state);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Closes both directions. The client still reads what was written.
    pub(super) fn shut(&self) {
        self.hang_up();
    }

    /// Whether both directions are closed.
    pub(super) fn has_hung_up(&self) -> bool {
        lock(&self.state).hung_up
    }

    /// Whether it takes output.
    pub(super) fn has_room(&self) -> bool {
        lock(&self.state).room > 0
    }

    /// Has the one who watches told once that both directions are closed or, if asked for, that there is room.
    pub(super) fn watch(&self, session: u64, room: bool) {
        self.change(|state| state.watched = Some((session, room)));
    }
}

fn take(state: &mut State) -> Option<Received> {
    if let Some(bytes) = state.input.pop_front() {
        Some(Received::Bytes(bytes))
    } else if state.hung_up {
        Some(Received::HungUp)
    } else if state.input_ended {
        Some(Received::Ended)
    } else {
        None
    }
}

/// Waits for many sockets and for a bell.
#[derive(Default)]
pub(super) struct Watch {
    state: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    /// There is a byte in the bell.
    rung: bool,
    told: Vec<u64>,
}

impl Watch {
    fn told(&self, session: u64) {
        lock(&self.state).told.push(session);
        self.changed.notify_all();
    }

    /// Writes a byte that ends the wait.
    pub(super) fn ring(&self) {
        lock(&self.state).rung = true;
        self.changed.notify_all();
    }

    /// Takes the byte back.
    pub(super) fn quiet(&self) {
        lock(&self.state).rung = false;
    }

    /// Waits for the bell or any socket, or for the time: a moment may be over at once, other times are too long.
    pub(super) fn wait(&self, limit: Option<Duration>) -> Vec<u64> {
        let mut state = lock(&self.state);
        if limit.is_some() {
            drop(state);
            shuttle::thread::yield_now();
            state = lock(&self.state);
        } else {
            while !state.rung && state.told.is_empty() {
                state = wait(&self.changed, state);
            }
        }
        std::mem::take(&mut state.told)
    }
}
