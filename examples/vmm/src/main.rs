//! A small virtual machine process that outlives a guest panic.
//!
//! It has no processor: the guest is a script of the accesses that would reach a hypervisor. Clients manage it by QMP,
//! through the interface that `schemas/run-state.json` declares.
//!
//! # Who calls whom
//!
//! [`main`] starts the [`log`] and parses the command line ([`options`], with the [`address`]es in it). [`run`] then
//! joins the parts, and its thread becomes the guest's. These threads meet at [`Vm`], which has the lock:
//!
//! | thread | what it does |
//! |---|---|
//! | main | [`Vm::run`] lets the guest execute its script, until the process must end |
//! | sessions of the monitor | [`handlers`] turn each command into a call of `Vm` |
//! | `guest` | [`guest`] reads the script, whose lines are [`access`]es, and hands them to `Vm` |
//! | `signals` | [`signals`] end the machine |
//! | `log` | [`log`] writes to stderr; no other thread does |
//!
//! Under its lock `Vm` calls [`machine`], a state machine that knows neither threads nor clients. `machine` asks the
//! [`devices`] what an access means, and the [`actions`] what to do about it. It returns its [`effect`]s in order. `Vm`
//! passes them to [`events`], which sends them to all clients.
//!
//! # Adapting it to your own virtual machine
//!
//! Declare your interface in a schema, and name the schema in `build.rs`. `handlers` and `events` connect generated
//! code with your machine; the compiler lists the commands that have no handler yet. `machine`, `devices`, `guest` and
//! `access` are the toy: replace them with your own. `main`, `log`, `signals` and `options` can stay much as they are.

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
        // Without a thread the process cannot run, and cannot log why.
        return ExitCode::FAILURE;
    };
    run_command_line().unwrap_or_else(|error| {
        log.fail(error);
        ExitCode::FAILURE
    })
}

/// Does what the command line asks for.
fn run_command_line() -> Result<ExitCode, Box<dyn Error>> {
    // Lossy: an argument that is not UTF-8 is not a valid option either, and the error shows it.
    let args = std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned());
    match options::parse(args)? {
        Request::Run(options) => run(options),
        Request::Print { text, status } => {
            io::stdout().write_all(text.as_bytes())?;
            Ok(ExitCode::from(status))
        }
    }
}

/// How long a shutdown waits for clients to read their last output.
const LAST_OUTPUT: Duration = Duration::from_secs(5);

/// Runs a machine until it ends.
fn run(options: Options) -> Result<ExitCode, Box<dyn Error>> {
    let events = EventSender::new();
    let vm = Arc::new(Vm::new(Machine::new(options.actions), events.clone()));
    let handlers = Arc::new(Handlers::new(Arc::clone(&vm), options.stopped));
    let monitor = Monitor::builder(qapi::Dispatcher::new(Arc::clone(&handlers)))
        .version(version())
        .events(&events)
        .throttle("WATCHDOG", Duration::from_secs(1), None)
        .preconfig(options.preconfig)
        .policy(options.compat)
        .build();
    // Before the sockets exist: a client that sees one may send a signal.
    signals::start(Arc::clone(&vm))?;
    let script = options.guest.as_ref().map(open).transpose()?;
    for endpoint in &options.monitors {
        listen(&monitor, &endpoint.address).map_err(|error| BadOption::new(&endpoint.option, error))?;
    }
    // Dropping it at the end of this function removes the socket's file.
    let _socket = script.map(|script| script.start(Arc::clone(&vm))).transpose()?;
    if !options.preconfig {
        handlers.start()?;
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
        // With port 0 the kernel chooses the port.
        tracing::info!("the monitor listens on {address}");
    }
    // The handle is not needed: the listener ends with the monitor.
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
