//! A complete monitor in one thread: its own event loop, on the [driver](qapi_runtime::monitor::driver) alone.
//!
//! It keeps timers for its clients: `cargo run -p epoll -- /run/timers.sock`. Its interface is `timers.json`.
//!
//! # Who calls whom
//!
//! [`Server`](server::Server) is the loop. It waits with a [`Poller`](poller::Poller) for sockets, signals, the next
//! deadline and the [`Bell`](bell::Bell), and passes input to each [`Client`](client::Client). A client obeys its
//! `Connection`, which calls the handlers, in [`Timers`](timers::Timers). When a connection may have something new to
//! do (an event, the end of a timer that an async handler waits for, a shutdown), its waker rings the bell.
//!
//! # Adapting it to your own loop
//!
//! `server` and `client` show everything that a loop has to do. If your program already has an event loop, let that
//! loop wait: register the descriptors of `poller` with it, and use the time limit that `Server::wait` computes.

#![cfg_attr(not(target_os = "linux"), allow(unused))]

#[cfg(target_os = "linux")]
mod bell;
#[cfg(target_os = "linux")]
mod client;
#[cfg(target_os = "linux")]
mod poller;
#[cfg(target_os = "linux")]
mod server;
#[cfg(target_os = "linux")]
mod timers;

#[cfg(target_os = "linux")]
qapi_runtime::include_schema!(
    /// The interface, as the schema declares it.
    mod qapi = "timers"
);

use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("epoll: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn run() -> Result<(), Box<dyn Error>> {
    Err("there is no epoll on this system".into())
}

#[cfg(target_os = "linux")]
fn run() -> Result<(), Box<dyn Error>> {
    use std::sync::Arc;
    use std::time::Duration;

    use qapi_runtime::clock::{Clock, SystemClock};
    use qapi_runtime::monitor::{Budgets, Turns};
    use qapi_runtime::transport::Listener;
    use qapi_runtime::{EventSender, Monitor, Version};

    /// At most five TIMERS_CHANGED events a second: enough to display the number of timers.
    const CHANGES: Duration = Duration::from_millis(200);

    let mut arguments = std::env::args_os().skip(1);
    let path = arguments.next().ok_or("usage: epoll SOCKET [MILLISECONDS-TO-NEGOTIATE]")?;
    let mut budgets = Budgets::default();
    if let Some(limit) = arguments.next() {
        budgets.negotiation = Duration::from_millis(limit.to_string_lossy().parse()?);
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let events = EventSender::new();
    let timers = timers::Timers::new(Arc::clone(&clock), events.clone());
    let monitor = Monitor::builder(qapi::Dispatcher::new(Arc::new(timers.clone())))
        .version(Version::new(0, 1, 0))
        .events(&events)
        .clock(clock)
        .throttle("TIMERS_CHANGED", CHANGES, None)
        .budgets(budgets)
        // One thread runs one handler at a time anyway. But a client that waits for a timer must not make all others
        // wait for its turn.
        .turns(Turns::PerSession)
        .build();
    server::Server::new(monitor, timers, Listener::unix(path)?)?.run()?;
    Ok(())
}
