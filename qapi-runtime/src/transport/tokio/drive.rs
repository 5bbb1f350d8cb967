//! Drives a session on a task: takes its steps and runs its commands.

use super::Timer;
use super::stream::Stream;
use crate::dispatch::Reply;
use crate::monitor::Connection;
use crate::session::{Request, Session, Step, Ticket};
use crate::sync::lock;
use crate::{Outcome, Result};
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;

/// How much is read at once.
const CHUNK: usize = 16 * 1024;

/// A session's task.
pub(super) struct Driver {
    pub(super) connection: Arc<Connection>,
    pub(super) stream: Arc<Stream>,
    /// Rung when output is left, a command is finished, or the connection is closed.
    pub(super) bell: Arc<Notify>,
    /// Whether replies may be held while a command runs: on a runtime with a single thread, one that blocks would keep
    /// them from being released.
    pub(super) holds: bool,
}

/// What a step came to, without borrows of the session.
enum Next {
    Idle,
    /// The monitor takes no more commands.
    Over,
    Again,
    Run(Request<'static>),
    Await(Ticket, Outcome),
}

impl Driver {
    /// Serves the client until it has left.
    pub(super) async fn run(self) {
        while self.pump().await && self.read_on().await {}
        lock(&self.connection.session).close();
        self.wind_up().await;
        self.connection.monitor.disconnect(&self.connection);
    }

    /// Waits for something to happen. Returns false when nothing can any more.
    async fn read_on(&self) -> bool {
        let outbox = &self.connection.outbox;
        let reads = outbox.has_room() && lock(&self.connection.session).wants_input();
        tokio::select! {
            () = self.bell.notified() => {}
            _ = self.stream.writable(), if outbox.is_blocked() => {
                outbox.flush();
            }
            _ = self.stream.readable(), if reads => return self.receive(),
        }
        !outbox.is_closed()
    }

    /// Reads what there is. Returns false at the end.
    fn receive(&self) -> bool {
        // On the stack, so that an idle session has no buffer.
        let mut buffer = [0; CHUNK];
        let mut files = Vec::new();
        match self.stream.try_receive(&mut buffer, &mut files) {
            Ok(0) => false,
            Ok(count) => {
                lock(&self.connection.session).receive_with(&buffer[..count], files);
                true
            }
            Err(error) => matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted),
        }
    }

    /// Takes all the steps that can be taken now. Returns false when no more commands are to be taken.
    ///
    /// Replies to commands that came together leave together.
    async fn pump(&self) -> bool {
        let goes_on = self.take_steps().await;
        self.connection.outbox.release();
        goes_on
    }

    async fn take_steps(&self) -> bool {
        let mut held = false;
        while self.connection.outbox.has_room() {
            match self.step(held) {
                Next::Idle => break,
                Next::Over => return false,
                Next::Again => held = self.holds,
                Next::Await(ticket, outcome) => {
                    let result = self.while_writing(settle(outcome)).await;
                    self.finish(ticket, result);
                }
                Next::Run(request) if request.is_out_of_band() => {
                    let Some(busy) = self.connection.monitor.begin() else { return false };
                    self.connection.outbox.release();
                    let (ticket, outcome) = self.call(request);
                    let result = self.while_writing(settle(outcome)).await;
                    self.finish(ticket, result);
                    drop(busy);
                }
                Next::Run(request) if lock(&self.connection.session).is_out_of_band() => {
                    tokio::spawn(run_in_band(Arc::clone(&self.connection), Arc::clone(&self.bell), request));
                }
                Next::Run(request) => {
                    let turn = self.while_writing(self.connection.monitor.0.turn.take()).await;
                    let Some(busy) = self.connection.monitor.begin() else { return false };
                    let (ticket, outcome) = self.call(request);
                    let result = self.while_writing(settle(outcome)).await;
                    self.finish(ticket, result);
                    drop((turn, busy));
                }
            }
        }
        !self.connection.outbox.is_closed()
    }

    /// Takes one step; runs the command at once when that needs no waiting.
    fn step(&self, held: bool) -> Next {
        let monitor = &self.connection.monitor;
        let mut session = lock(&self.connection.session);
        let queues = session.is_out_of_band();
        match session.step() {
            Step::Idle => Next::Idle,
            Step::Answered => {
                self.say(&mut session);
                Next::Again
            }
            Step::Run(request) if !queues && !request.is_async() => {
                let Some(turn) = monitor.0.turn.try_take() else { return Next::Run(request.into_owned()) };
                let Some(busy) = monitor.begin() else { return Next::Over };
                if held {
                    Timer::note(&self.connection);
                }
                let (ticket, outcome) =
                    in_place(|| request.run(&*monitor.0.dispatch, &self.connection.origin));
                match outcome {
                    Outcome::Ready(result) => {
                        session.finish(ticket, result);
                        self.say(&mut session);
                        drop((turn, busy));
                        Next::Again
                    }
                    // A command whose table entry does not say that it is async: it loses its turn.
                    pending => Next::Await(ticket, pending),
                }
            }
            Step::Run(request) => Next::Run(request.into_owned()),
        }
    }

    /// Sends what the session has said, or holds it for what follows.
    fn say(&self, session: &mut Session) {
        if self.holds {
            self.connection.hold(session);
        } else {
            self.connection.send(session);
        }
    }

    fn call(&self, request: Request<'static>) -> (Ticket, Outcome) {
        in_place(|| request.run(&*self.connection.monitor.0.dispatch, &self.connection.origin))
    }

    fn finish(&self, ticket: Ticket, result: Result<Reply>) {
        let mut session = lock(&self.connection.session);
        session.finish(ticket, result);
        self.connection.send(&mut session);
    }

    /// Waits for a future and writes what the client takes meanwhile.
    async fn while_writing<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let outbox = &self.connection.outbox;
        outbox.release();
        loop {
            tokio::select! {
                output = &mut future => return output,
                () = self.bell.notified() => {}
                _ = self.stream.writable(), if outbox.is_blocked() => {
                    outbox.flush();
                }
            }
        }
    }

    /// The client has sent its last: waits for the command that runs, and for the output.
    async fn wind_up(&self) {
        let outbox = &self.connection.outbox;
        outbox.release();
        while !outbox.is_closed() && (outbox.is_blocked() || lock(&self.connection.session).is_running()) {
            tokio::select! {
                () = self.bell.notified() => {}
                _ = self.stream.writable(), if outbox.is_blocked() => {
                    outbox.flush();
                }
            }
        }
    }
}

/// Runs an in-band command beside the session's task.
async fn run_in_band(connection: Arc<Connection>, bell: Arc<Notify>, request: Request<'static>) {
    let turn = connection.monitor.0.turn.take().await;
    let Some(busy) = connection.monitor.begin() else { return };
    let (dispatch, origin) = (Arc::clone(&connection.monitor.0.dispatch), Arc::clone(&connection.origin));
    let called = tokio::task::spawn_blocking(move || request.run(&*dispatch, &origin)).await;
    // Handlers' panics are caught in there; what is left is a runtime that ends.
    let Ok((ticket, outcome)) = called else { return };
    let result = settle(outcome).await;
    let mut session = lock(&connection.session);
    session.finish(ticket, result);
    connection.send(&mut session);
    drop(session);
    drop((turn, busy));
    bell.notify_one();
}

/// Runs a handler, which may block: the tasks that wait for this thread go to another one, if the runtime has any.
fn in_place<R>(work: impl FnOnce() -> R) -> R {
    if has_threads() { tokio::task::block_in_place(work) } else { work() }
}

/// Whether the runtime has other threads than this one.
pub(super) fn has_threads() -> bool {
    Handle::current().runtime_flavor() != RuntimeFlavor::CurrentThread
}

async fn settle(outcome: Outcome) -> Result<Reply> {
    match outcome {
        Outcome::Ready(result) => result,
        Outcome::Pending(future) => future.await,
    }
}
