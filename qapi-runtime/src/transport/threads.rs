//! Transports on standard threads: standard input and output, Unix sockets, TCP.
//!
//! Each session has a thread that reads, and runs its in-band commands itself. When a client has negotiated out-of-band
//! execution, its in-band commands run on a worker thread, so that reading goes on. Output is written by whoever makes it,
//! without blocking; what a client does not take at once is written by a service thread, which sends delayed events, too.

mod block_on;
mod drive;
mod listener;
mod service;
mod stdio;
mod watch;
mod worker;

pub use listener::{Handle, Listener, Threads};
pub use stdio::serve_stdio;

use crate::monitor::{Connection, Monitor};
use crate::session::Request;
use service::Service;
use std::sync::Arc;
use std::sync::mpsc::Sender;

/// The threads that a monitor's sessions share.
pub(crate) struct Support {
    jobs: Sender<worker::Job>,
    service: Arc<Service>,
}

impl Support {
    /// The monitor's threads, started when first asked for.
    fn of(monitor: &Monitor) -> std::io::Result<&Support> {
        if let Some(support) = monitor.0.threads.get() {
            return Ok(support);
        }
        let service = Service::start(Arc::downgrade(&monitor.0))?;
        let support = Support { jobs: worker::start()?, service: Arc::clone(&service) };
        // Somebody else may have been faster; then these threads end again.
        Ok(monitor.0.threads.get_or_init(|| {
            monitor.0.events.set_alarm(Arc::new(move || service.wake()));
            support
        }))
    }

    /// Has an in-band command run.
    fn run(&self, connection: &Arc<Connection>, request: Request<'static>) {
        self.submit(worker::Job::Run(Arc::clone(connection), Box::new(request)));
    }

    /// Has a session go on that waited for room.
    fn resume(&self, connection: &Arc<Connection>) {
        self.submit(worker::Job::Resume(Arc::clone(connection)));
    }

    /// Has replies released that wait while a command of their session runs.
    fn note(&self, connection: &Connection) {
        if self.service.held.note(&connection.outbox) {
            self.service.wake();
        }
    }

    fn submit(&self, job: worker::Job) {
        // The worker lives as long as the sender, which is `self`.
        let _ = self.jobs.send(job);
    }
}

impl Drop for Support {
    fn drop(&mut self) {
        self.service.wake();
    }
}

/// The threads of a monitor that serves sessions: they were started before its first session.
fn support(connection: &Connection) -> &Support {
    let Some(support) = connection.monitor.0.threads.get() else {
        unreachable!("a transport starts the threads before it opens a session");
    };
    support
}
