//! The log of the process, on stderr.
//!
//! One thread writes it, and no other thread ever touches stderr. Stderr may be closed, or a full disk, and then writing
//! fails; it may be a stopped terminal, or a pipe without a reader, and then writing never returns. Neither may harm the
//! machine: it runs on, and ends when it is told to. What stderr does not take is lost.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How much waits for stderr at most.
const MOST_PENDING: usize = 1 << 20;

/// How long stderr has to take what waits, when the process may be about to end.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The log. When it is dropped, stderr has a moment to take what is still waiting.
#[derive(Debug)]
pub(crate) struct Log(Arc<Queue>);

impl Log {
    /// Starts the thread that writes, and sends there what the process traces, its panics included.
    pub(crate) fn start() -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let writer = Arc::clone(&queue);
        thread::Builder::new().name("log".to_owned()).spawn(move || writer.write_to(io::stderr()))?;
        tracing_subscriber::fmt()
            .without_time()
            .with_target(false)
            .with_ansi(io::stderr().is_terminal())
            .with_writer(Lines(Arc::clone(&queue)))
            // They would go straight to stderr.
            .log_internal_errors(false)
            .init();
        panic::set_hook(Box::new(report_panic));
        Ok(Self(queue))
    }

    /// Says why the process cannot run.
    pub(crate) fn fail(&self, error: impl fmt::Display) {
        self.0.push(format!("vmm: {error}\n").as_bytes());
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.wait_until_written(LAST_WORDS);
    }
}

/// The hook that is there by default writes to stderr from the thread that panics.
fn report_panic(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    match backtrace.status() {
        BacktraceStatus::Captured => tracing::error!("{panic}\n{backtrace}"),
        _ => tracing::error!("{panic}"),
    }
}

/// What `tracing` writes to.
struct Lines(Arc<Queue>);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { queue: &self.0, is_error: false }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Line<'a> {
        Line { queue: &self.0, is_error: *metadata.level() == Level::ERROR }
    }
}

/// A writer that takes one line.
struct Line<'a> {
    queue: &'a Queue,
    is_error: bool,
}

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.queue.push(line);
        if self.is_error {
            // It may be why the caller aborts the process next.
            self.queue.wait_until_written(LAST_WORDS);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lines on their way to stderr.
#[derive(Debug, Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Whole lines that the thread has not taken yet.
    pending: Vec<u8>,
    /// How many lines found no room since the thread last took some.
    lost: usize,
    /// The thread is writing what it took.
    writing: bool,
}

impl Queue {
    /// Appends a line. Never waits for stderr.
    fn push(&self, line: &[u8]) {
        let mut state = self.lock();
        if state.pending.len() + line.len() > MOST_PENDING {
            state.lost += 1;
        } else {
            state.pending.extend_from_slice(line);
        }
        self.changed.notify_all();
    }

    /// Waits until every line is written or has failed to be, for so long at most.
    fn wait_until_written(&self, limit: Duration) {
        let is_busy = |state: &mut State| state.writing || !state.pending.is_empty();
        // Either is fine: all is written, or the time is over.
        let _ = self.changed.wait_timeout_while(self.lock(), limit, is_busy);
    }

    /// What the thread does: writes lines as they come, and passes over what cannot be written.
    fn write_to(&self, mut out: impl Write) {
        loop {
            let (lines, lost) = self.take();
            // Line by line: a short line is not mixed with the output of another process that has the same pipe.
            for line in lines.split_inclusive(|byte| *byte == b'\n') {
                let _ = out.write_all(line);
            }
            if lost > 0 {
                let _ = out.write_all(format!("vmm: {lost} lines of the log are lost\n").as_bytes());
            }
            self.lock().writing = false;
            self.changed.notify_all();
        }
    }

    /// Waits for lines and takes them all.
    fn take(&self) -> (Vec<u8>, usize) {
        let idle = |state: &mut State| state.pending.is_empty();
        let waited = self.changed.wait_while(self.lock(), idle);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.writing = true;
        (std::mem::take(&mut state.pending), std::mem::take(&mut state.lost))
    }

    /// Nothing panics under the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// An output that takes a line when the test lets it.
    struct Slow {
        allowed: Receiver<()>,
        taken: Sender<Vec<u8>>,
    }

    impl Write for Slow {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.allowed.recv().map_err(io::Error::other)?;
            self.taken.send(line.to_vec()).map_err(io::Error::other)?;
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn start() -> (Arc<Queue>, Sender<()>, Receiver<Vec<u8>>) {
        let queue = Arc::new(Queue::default());
        let writer = Arc::clone(&queue);
        let (allow, allowed) = channel();
        let (taken, lines) = channel();
        thread::spawn(move || writer.write_to(Slow { allowed, taken }));
        (queue, allow, lines)
    }

    #[test]
    fn lines_are_written_one_at_a_time_and_in_order() {
        let (queue, allow, lines) = start();
        queue.push(b"one\n");
        queue.push(b"two\n");
        allow.send(()).unwrap();
        allow.send(()).unwrap();
        queue.wait_until_written(Duration::MAX);
        assert_eq!(lines.try_iter().collect::<Vec<_>>(), [b"one\n", b"two\n"]);
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let (queue, allow, lines) = start();
        queue.push(b"taken\n");
        while !queue.lock().writing {
            thread::yield_now();
        }
        queue.push(&[b'x'; MOST_PENDING]);
        queue.push(b"lost\n");
        queue.push(b"lost\n");
        queue.wait_until_written(Duration::ZERO);
        for _ in 0..3 {
            allow.send(()).unwrap();
        }
        let last = lines.iter().nth(2).unwrap();
        assert_eq!(String::from_utf8(last).unwrap(), "vmm: 2 lines of the log are lost\n");
    }

    #[test]
    fn an_output_that_fails_holds_nobody_up() {
        let (queue, allow, _) = start();
        drop(allow);
        queue.push(b"one\n");
        queue.wait_until_written(Duration::MAX);
    }
}
