//! Transports on tokio: Unix sockets and TCP, a task for each session.
//!
//! Handlers run on the session's task, and may be async. One that blocks holds up nothing else on a runtime with several
//! threads, and everything on one with a single thread. When a client has negotiated out-of-band execution, its in-band
//! commands run on tokio's threads for blocking work, so that reading goes on.

mod drive;
mod listener;
mod stream;

pub use listener::{Handle, Listener, Tokio};

use crate::event::Held;
use crate::monitor::{Connection, Inner, Monitor};
use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Notify;

/// Ends the service as [`Monitor::shutdown`] does, without blocking the runtime.
pub async fn shutdown(monitor: &Monitor, limit: Duration) -> bool {
    let monitor = monitor.clone();
    // A panic in there would be ours; the caller hears that not all is written.
    tokio::task::spawn_blocking(move || monitor.shutdown(limit)).await.unwrap_or(false)
}

/// The task that sends events which were held back, and replies that were held for too long.
pub(crate) struct Timer {
    bell: Arc<Notify>,
    held: Arc<Held>,
}

impl Timer {
    /// Starts the monitor's timer, unless it runs.
    fn start(monitor: &Monitor) -> io::Result<()> {
        let runtime = tokio::runtime::Handle::try_current().map_err(io::Error::other)?;
        monitor.0.timer.get_or_init(|| {
            let timer = Timer { bell: Arc::default(), held: Arc::default() };
            let alarm = Arc::clone(&timer.bell);
            monitor.0.events.set_alarm(Arc::new(move || alarm.notify_one()));
            runtime.spawn(tick(Arc::downgrade(&monitor.0), Arc::clone(&timer.bell), Arc::clone(&timer.held)));
            timer
        });
        Ok(())
    }

    /// Has replies released that wait while a command of their session runs.
    fn note(connection: &Connection) {
        let Some(timer) = connection.monitor.0.timer.get() else {
            unreachable!("a transport starts the timer before it opens a session");
        };
        if timer.held.note(&connection.outbox) {
            timer.bell.notify_one();
        }
    }
}

async fn tick(monitor: Weak<Inner>, bell: Arc<Notify>, held: Arc<Held>) {
    /// How often to look whether the monitor is still there.
    const IDLE: Duration = Duration::from_secs(60);
    loop {
        let limit = {
            let Some(inner) = monitor.upgrade() else { return };
            let now = inner.events.clock().now();
            inner.events.advance(now);
            let event = inner.events.next_deadline().map(|at| at.saturating_sub(now.monotonic));
            event.into_iter().chain(held.wait()).fold(IDLE, Duration::min)
        };
        // Either way there may be something to do.
        let _ = tokio::time::timeout(limit, bell.notified()).await;
        held.release();
    }
}
