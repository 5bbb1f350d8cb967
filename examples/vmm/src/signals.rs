//! Signals that shut the process down cleanly.

use std::io;
use std::sync::Arc;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::qapi::ShutdownCause;
use crate::vm::Vm;

/// Ends the machine on SIGTERM, SIGINT and SIGHUP. A second signal ends the process at once.
pub(crate) fn start(vm: Arc<Vm>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP])?;
    let serve = move || {
        let mut signals = signals.forever();
        if let Some(signal) = signals.next() {
            // Logging a warning never blocks, so the line can come first: then it is out before the process ends.
            tracing::warn!("terminating on signal {signal}");
            vm.command(|machine, _| machine.end(ShutdownCause::HostSignal));
        }
        if let Some(signal) = signals.next()
            && let Err(error) = emulate_default_handler(signal)
        {
            tracing::error!("signal {signal}: {error}");
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(serve).map(drop)
}
