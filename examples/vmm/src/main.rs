//! A small virtual machine process that outlives a guest panic.
//!
//! It has no processor: the guest is a script of the accesses that would reach a hypervisor. Clients manage it by QMP,
//! through the interface that `schemas/run-state.json` declares.

mod access;
mod actions;
mod address;
mod devices;
mod effect;
mod events;
mod guest;
mod handlers;
mod log;
mod machine;
mod options;
mod signals;
mod vm;

qapi_runtime::include_schema!(
    /// The management interface, as the schema declares it.
    mod qapi = "qapi-schema"
);

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use qapi_runtime::monitor::SessionOptions;
use qapi_runtime::transport::threads::{Listener, serve_stdio};
use qapi_runtime::{EventSender, Monitor, Version};

use crate::address::{Address, Source};
use crate::guest::Script;
use crate::handlers::Handlers;
use crate::log::Log;
use crate::machine::Machine;
use crate::options::{BadOption, Endpoint, Options, Request};
use crate::vm::Vm;

fn main() -> ExitCode {
    let Ok(log) = Log::start() else {
        // A process that gets no thread cannot run, and has none to say so.
        return ExitCode::FAILURE;
    };
    run_command_line().unwrap_or_else(|error| {
        log.fail(error);
        ExitCode::FAILURE
    })
}

/// Does what the command line asks for.
fn run_command_line() -> Result<ExitCode, Box<dyn Error>> {
    // Lossy: what is no UTF-8 is no option either, and the error shows it.
    let args = std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned());
    match options::parse(args)? {
        Request::Run(options) => run(options),
        Request::Print { text, status } => {
            io::stdout().write_all(text.as_bytes())?;
            Ok(ExitCode::from(status))
        }
    }
}

/// How long clients have at the end to take what was written for them.
const LAST_OUTPUT: Duration = Duration::from_secs(5);

/// Runs a machine until it ends.
fn run(options: Options) -> Result<ExitCode, Box<dyn Error>> {
    let events = EventSender::new();
    let vm = Arc::new(Vm::new(Machine::new(options.actions), events.clone()));
    let handlers = Arc::new(Handlers::new(Arc::clone(&vm)));
    let monitor = Monitor::builder(qapi::Dispatcher::new(Arc::clone(&handlers)))
        .version(version())
        .events(&events)
        .throttle("WATCHDOG", Duration::from_secs(1), None)
        .preconfig(options.preconfig)
        .policy(options.compat)
        .build();
    if options.preconfig {
        handlers.start_after_preconfig(&monitor, options.stopped);
    }
    // Before anybody can see that the process is there and send it one.
    signals::start(Arc::clone(&vm))?;
    let script = options.guest.as_ref().map(open).transpose()?;
    for endpoint in &options.monitors {
        listen(&monitor, &endpoint.address).map_err(|error| BadOption::new(&endpoint.option, error))?;
    }
    let _socket = script.map(|script| script.start(Arc::clone(&vm))).transpose()?;
    if !options.preconfig {
        handlers.start(options.stopped)?;
    }
    vm.run();
    monitor.shutdown(LAST_OUTPUT);
    Ok(ExitCode::SUCCESS)
}

fn listen(monitor: &Monitor, address: &Address) -> io::Result<()> {
    let listener = match address {
        Address::Stdio => return serve_stdio(monitor, &SessionOptions::default()),
        Address::Unix(path) => Listener::unix(path)?,
        Address::Tcp(address) => Listener::tcp(address)?,
    };
    if let Some(address) = listener.tcp_address() {
        // With port 0 it is the system that chooses.
        tracing::info!("the monitor listens on {address}");
    }
    // The handle may go: the listener ends with the monitor.
    listener.serve(monitor).map(drop)
}

fn open(endpoint: &Endpoint<Source>) -> Result<Script, BadOption> {
    Script::open(&endpoint.address).map_err(|error| BadOption::new(&endpoint.option, error))
}

fn version() -> Version {
    // Cargo has checked that these are numbers.
    let number = |text: &str| text.parse().unwrap_or_default();
    Version::new(
        number(env!("CARGO_PKG_VERSION_MAJOR")),
        number(env!("CARGO_PKG_VERSION_MINOR")),
        number(env!("CARGO_PKG_VERSION_PATCH")),
    )
}
