//! A daemon with two roles on one monitor: who comes by the socket `admin` may do everything, who comes by `observer` may
//! look, and hears of events.
//!
//! Commands of both wait for the same turn, so no two handlers run at once. Whatever anyone does is written to the audit
//! log, on standard output. The interface is `lamp.json`.
//!
//!     cargo run -p roles -- --admin /run/lamp/admin.sock --observer /run/lamp/observer.sock
//!
//! Without paths the sockets come from systemd, whose unit gives them their roles as names:
//!
//!     # admin.socket                          # observer.socket
//!     [Socket]                                [Socket]
//!     ListenStream=/run/lamp/admin.sock       ListenStream=/run/lamp/observer.sock
//!     SocketMode=0600                         SocketMode=0666
//!     FileDescriptorName=admin                FileDescriptorName=observer
//!     Service=lamp.service                    Service=lamp.service
//!
//! # Who calls whom
//!
//! | module | what it has |
//! |---|---|
//! | [`options`] | the command line |
//! | [`roles`] | who may do what, and the sockets that they come by |
//! | [`lamp`] | the handlers |
//! | [`interceptors`] | what sees every command before and after: [`audit`](interceptors::audit), [`metrics`](interceptors::metrics), [`rate`](interceptors::rate) |
//!
//! The monitor calls `interceptors` around every command, and `lamp` for those that they let pass. What any of them keeps
//! for a session goes when the monitor tells that the session has ended: see [`run`].

mod interceptors;
mod lamp;
mod options;
mod roles;

qapi_runtime::include_schema!(
    /// The interface, as the schema declares it.
    mod qapi = "lamp"
);

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use qapi_runtime::interceptor::Interceptor;
use qapi_runtime::monitor::SessionChange;
use qapi_runtime::{EventSender, Monitor, Version};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::interceptors::Chain;
use crate::interceptors::audit::Audit;
use crate::interceptors::metrics::Metrics;
use crate::interceptors::rate::RateLimit;
use crate::lamp::Handlers;
use crate::options::Options;

/// How long clients have at the end to take what was written for them.
const LAST_OUTPUT: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("roles: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args_os().skip(1))?;
    // First of all: systemd's sockets are taken out of the environment, which no other thread may read meanwhile.
    let listeners = roles::listen(&options)?;
    let (quit, asked_to_quit) = channel();
    stop_on_signals(quit.clone())?;

    let audit = Arc::new(Audit::new(options.audit_arguments));
    let metrics = Arc::new(Metrics::default());
    let rate = Arc::new(RateLimit::new(options.rate));
    // All see what the limit refuses, too.
    let seen_by: Vec<Arc<dyn Interceptor>> = vec![audit.clone(), metrics.clone(), rate.clone()];
    let events = EventSender::new();
    let handlers = Handlers::new(events.clone(), Arc::clone(&audit), metrics, quit);

    let monitor = Monitor::builder(qapi::Dispatcher::new(Arc::new(handlers)))
        .version(Version::new(0, 1, 0))
        .events(&events)
        .interceptor(Arc::new(Chain::new(seen_by)))
        .on_session(move |change| match change {
            SessionChange::Began { session, .. } => rate.admit(session),
            SessionChange::Ended { session, .. } => {
                rate.forget(session);
                audit.forget(session);
            }
            _ => {}
        })
        .build();
    for listener in listeners {
        // The handle may go: the listener ends with the monitor.
        listener.serve(&monitor)?;
    }
    // There is always a sender: the handlers have one.
    let _ = asked_to_quit.recv();
    monitor.shutdown(LAST_OUTPUT);
    Ok(())
}

/// Has a signal end the process in good order.
fn stop_on_signals(quit: Sender<()>) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let wait = move || {
        if signals.forever().next().is_some() {
            // The receiver is gone only when the process ends anyway.
            let _ = quit.send(());
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(wait).map(drop)
}
