//! Drives a session: takes its steps and runs its commands.

use super::block_on::block_on;
use super::support;
use crate::Outcome;
use crate::monitor::Connection;
use crate::session::{Request, Session, Step};
use crate::sync::lock;
use std::sync::Arc;
use std::sync::MutexGuard;
use std::sync::atomic::Ordering;

/// What to do while the client leaves its replies unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Wait: the thread has nothing else to do.
    Endless,
    /// Leave it to whoever writes the output.
    None,
}

/// Takes all the steps that can be taken now. Returns false when no more commands are to be taken.
///
/// Replies to commands that came together leave together.
pub(super) fn pump(connection: &Arc<Connection>, patience: Patience) -> bool {
    let goes_on = take_steps(connection, patience);
    connection.outbox.release();
    goes_on
}

fn take_steps(connection: &Arc<Connection>, patience: Patience) -> bool {
    let mut session = lock(&connection.session);
    let mut holds = false;
    loop {
        if !connection.outbox.has_room() {
            match patience {
                Patience::Endless => {
                    drop(session);
                    connection.outbox.wait_for_room();
                    session = lock(&connection.session);
                }
                Patience::None => {
                    connection.stalled.store(true, Ordering::SeqCst);
                    // The room may have come in between, when nobody looked at the mark.
                    if !connection.outbox.has_room() || !connection.stalled.swap(false, Ordering::SeqCst) {
                        return true;
                    }
                }
            }
        }
        let queues = session.is_out_of_band();
        match session.step() {
            Step::Idle => return !connection.outbox.is_closed(),
            Step::Answered => {
                connection.hold(&mut session);
                holds = true;
            }
            Step::Run(request) if !queues => {
                let Some(busy) = connection.monitor.begin() else { return false };
                let inner = &connection.monitor.0;
                // Held until the reply is on its way, so that no other command's events come before it.
                let turn = inner.turn.try_take().unwrap_or_else(|| {
                    connection.outbox.release();
                    block_on(inner.turn.take())
                });
                if holds {
                    support(connection).note(connection);
                }
                let (ticket, outcome) = request.run(&*inner.dispatch, &connection.origin);
                session.finish(ticket, settle(connection, outcome));
                connection.hold(&mut session);
                holds = true;
                drop(turn);
                drop(busy);
            }
            Step::Run(request) => {
                let request = request.into_owned();
                if request.is_out_of_band() {
                    drop(session);
                    connection.outbox.release();
                    if !run(connection, request) {
                        return false;
                    }
                    session = lock(&connection.session);
                } else {
                    support(connection).run(connection, request);
                }
            }
        }
    }
}

/// Runs an in-band command when it is its turn.
pub(super) fn run_in_band(connection: &Arc<Connection>, request: Request<'static>) {
    let turn = block_on(connection.monitor.0.turn.take());
    run(connection, request);
    drop(turn);
}

/// Runs a command beside the session's reader. Returns false when none is to run any more.
fn run(connection: &Arc<Connection>, request: Request<'static>) -> bool {
    let Some(busy) = connection.monitor.begin() else { return false };
    let (ticket, outcome) = request.run(&*connection.monitor.0.dispatch, &connection.origin);
    let result = settle(connection, outcome);
    let mut session = lock(&connection.session);
    session.finish(ticket, result);
    connection.send(&mut session);
    drop(session);
    drop(busy);
    connection.changed.notify_all();
    true
}

fn settle(connection: &Connection, outcome: Outcome) -> crate::Result<crate::dispatch::Reply> {
    match outcome {
        Outcome::Ready(result) => result,
        Outcome::Pending(future) => {
            connection.outbox.release();
            block_on(future)
        }
    }
}

/// Waits until the session is to be fed again.
pub(super) fn wait_for_appetite(connection: &Connection) -> MutexGuard<'_, Session> {
    let mut session = lock(&connection.session);
    while !session.wants_input() && !connection.outbox.is_closed() {
        session = connection.changed.wait(session);
    }
    session
}

/// The client has sent its last: drops what waits, and waits for the command that runs and for the output.
pub(super) fn wind_up(connection: &Connection) {
    let mut session = lock(&connection.session);
    session.close();
    while session.is_running() && !connection.outbox.is_closed() {
        session = connection.changed.wait(session);
    }
    drop(session);
    connection.outbox.wait_until_written(None);
}

/// Writes on for a session that was blocked. Returns whether bytes are left.
pub(super) fn flush(connection: &Arc<Connection>) -> bool {
    let left = connection.outbox.flush();
    resume(connection);
    left
}

/// Has a session go on that waited for room, if there is room.
pub(super) fn resume(connection: &Arc<Connection>) {
    if connection.outbox.has_room() && connection.stalled.swap(false, Ordering::SeqCst) {
        support(connection).resume(connection);
    }
}
