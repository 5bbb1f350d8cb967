//! The log of the process, on stderr.
//!
//! One thread writes it, and no other thread ever touches stderr. If stderr is closed or on a full disk, writing fails;
//! if it is a stopped terminal, or a full pipe that its peer does not read, writing never returns. Neither may stop the
//! machine: it keeps running, and ends on request. Lines that stderr does not take are lost.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How many bytes may wait for stderr.
const MOST_PENDING: usize = 1 << 20;

/// How long to wait for stderr to take the pending lines, when the process may be about to end.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The log. Dropping it waits a moment for stderr to take the pending lines.
#[derive(Debug)]
pub(crate) struct Log(Arc<Queue>);

impl Log {
    /// Starts the writing thread, and routes the process's traces and panics to it.
    pub(crate) fn start() -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let writer = Arc::clone(&queue);
        thread::Builder::new().name("log".to_owned()).spawn(move || writer.write_to(io::stderr()))?;
        tracing_subscriber::fmt()
            .without_time()
            .with_target(false)
            .with_ansi(io::stderr().is_terminal())
            .with_writer(Lines(Arc::clone(&queue)))
            // tracing would write them to stderr itself, and might block.
            .log_internal_errors(false)
            .init();
        panic::set_hook(Box::new(report_panic));
        Ok(Self(queue))
    }

    /// Logs why the process cannot run.
    pub(crate) fn fail(&self, error: impl fmt::Display) {
        self.0.push(format!("vmm: {error}\n").as_bytes());
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.wait_until_written(LAST_WORDS);
    }
}

/// Replaces the default hook, which writes to stderr from the panicking thread.
fn report_panic(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    match backtrace.status() {
        BacktraceStatus::Captured => tracing::error!("{panic}\n{backtrace}"),
        _ => tracing::error!("{panic}"),
    }
}

/// The output of `tracing`.
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
            // The caller may be about to abort the process because of this error.
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
    /// Complete lines that the thread has not taken yet.
    pending: Vec<u8>,
    /// How many lines were dropped for lack of space since the thread last took some.
    lost: usize,
    /// The thread is writing the lines that it took.
    writing: bool,
}

impl Queue {
    /// Appends a line, or drops it if there is no space. Never waits for stderr.
    fn push(&self, line: &[u8]) {
        let mut state = self.lock();
        if state.pending.len() + line.len() > MOST_PENDING {
            state.lost += 1;
        } else {
            state.pending.extend_from_slice(line);
        }
        self.changed.notify_all();
    }

    /// Waits until the thread has tried to write every line, for at most `limit`.
    fn wait_until_written(&self, limit: Duration) {
        let is_busy = |state: &mut State| state.writing || !state.pending.is_empty();
        // The result does not matter: either all is written, or the time is up.
        let _ = self.changed.wait_timeout_while(self.lock(), limit, is_busy);
    }

    /// The thread's loop: writes lines as they come, and skips lines that cannot be written.
    fn write_to(&self, mut out: impl Write) {
        loop {
            let (lines, lost) = self.take();
            // One write a line: the kernel does not mix a short line with output of other processes on the same pipe.
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

    /// Ignores poisoning: no code panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// An output that takes a line when the test allows it.
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
