//! A daemon with two roles on one monitor: clients of the socket `admin` may do everything, clients of `observer` may
//! read state and receive events.
//!
//! Commands of both wait for the same turn, so no two handlers run at once. The audit log, on standard output, has a
//! line for every command. The interface is `lamp.json`.
//!
//!     cargo run -p roles -- --admin /run/lamp/admin.sock --observer /run/lamp/observer.sock
//!
//! Without paths the sockets come from systemd, whose units name each socket after its role:
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
//! | [`roles`] | what each role may do, and its socket |
//! | [`lamp`] | the handlers |
//! | [`interceptors`] | code that runs before and after every command: [`audit`](interceptors::audit), [`metrics`](interceptors::metrics), [`rate`](interceptors::rate) |
//!
//! The monitor calls `interceptors` around every command, and `lamp` for those that they let pass. A session hook drops
//! what they keep for a session when it ends: see [`run`].

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

/// How long a shutdown waits for clients to read their last output.
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
    // Before any thread starts: this removes systemd's variables from the environment, which no other thread may read
    // meanwhile.
    let listeners = roles::listen(&options)?;
    let (quit, asked_to_quit) = channel();
    stop_on_signals(quit.clone())?;

    let audit = Arc::new(Audit::new(options.audit_arguments));
    let metrics = Arc::new(Metrics::default());
    let rate = Arc::new(RateLimit::new(options.rate));
    // The audit log and the metrics see the commands that the limit refuses, too.
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
        // The handle is not needed: the listener ends with the monitor.
        listener.serve(&monitor)?;
    }
    // Cannot fail: the handlers keep a sender.
    let _ = asked_to_quit.recv();
    monitor.shutdown(LAST_OUTPUT);
    Ok(())
}

/// Shuts the process down cleanly on a signal.
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
