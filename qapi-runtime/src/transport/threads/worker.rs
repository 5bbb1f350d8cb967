//! In-band commands of sessions with out-of-band execution: in the order they came, on a thread of their own.

use super::drive;
use crate::monitor::Connection;
use crate::session::Request;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// What the worker is given to do.
pub(super) enum Job {
    /// Run a command.
    Run(Arc<Connection>, Box<Request<'static>>),
    /// Take commands again from a session that had no room for replies.
    Resume(Arc<Connection>),
}

/// Starts a worker, which ends with its sender. A session has at most one job at a time, so sessions take turns.
pub(super) fn start() -> io::Result<Sender<Job>> {
    let (sender, jobs) = channel();
    thread::Builder::new().name("qmp-in-band".into()).spawn(move || {
        for job in jobs {
            match job {
                Job::Run(connection, request) => {
                    drive::run_in_band(&connection, *request);
                    drive::pump(&connection, drive::Patience::None);
                }
                Job::Resume(connection) => {
                    drive::pump(&connection, drive::Patience::None);
                }
            }
        }
    })?;
    Ok(sender)
}
