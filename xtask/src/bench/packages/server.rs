//! A server of QEMU's whole schema, and the programs that measure it.

#![allow(deprecated, reason = "the schema has deprecated parts")]

mod echo;
mod in_process;
mod load;
mod sender;

qapi_runtime::include_schema!(mod qapi = "qapi-schema");

use qapi::{RunState, StatusInfo, command, event};
use qapi_runtime::{Call, Dispatch, Outcome, Tables};
use qapi_runtime::{Error, EventSender, Monitor, Schema};

struct Server {
    events: EventSender<qapi::Schema>,
}

impl Dispatch for Server {
    fn tables(&self) -> &'static Tables {
        <qapi::Schema as Schema>::TABLES
    }

    fn call(&self, index: usize, call: Call<'_>) -> Outcome {
        match self.tables().commands[index].name {
            "query-status" => {
                call.run::<command::QueryStatus>(|_, _| Ok(StatusInfo::new(false, RunState::Prelaunch)))
            }
            "set-action" => call.run::<command::SetAction>(|_, _| Ok(())),
            // A burst of a thousand.
            "stop" => call.run::<command::Stop>(|_, _| {
                (0..1000).for_each(|_| event::Stop::new().send(&self.events));
                Ok(())
            }),
            name => Outcome::Ready(Err(Error::generic(format!("{name} is not measured")))),
        }
    }
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<f64>().map_err(std::io::Error::other);
    match arguments[..] {
        ["echo", socket] => echo::serve(socket),
        ["threads", socket] => threads(socket),
        ["tokio", socket] => tokio(socket),
        ["commands", socket, kind, depth, seconds, command] => {
            load::commands(socket, kind == "qmp", number(depth)? as usize, number(seconds)?, command)
        }
        ["set-action", command] => in_process::command(Server { events: EventSender::new() }, command),
        ["sender", how, socket, count] => sender(how, socket, number(count)? as usize),
        ["tokens", count] => in_process::tokens(number(count)? as usize),
        ["sessions", socket, server] => load::sessions(socket, number(server)? as u32),
        _ => Err(std::io::Error::other("see the code for the arguments")),
    }
}

fn monitor() -> Monitor {
    let events = EventSender::new();
    Monitor::builder(Server { events: events.clone() }).events(&events).build()
}

/// Serves, and measures the cost of an event for its sender.
fn sender(how: &str, socket: &str, count: usize) -> std::io::Result<()> {
    let monitor = monitor();
    let events = monitor.events::<qapi::Schema>();
    let send = || event::Stop::new().send(&events);
    if how == "threads" {
        let _handle = qapi_runtime::transport::threads::Listener::unix(socket)?.serve(&monitor)?;
        return sender::measure(socket, count, send);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let inside = runtime.enter();
    let _handle = qapi_runtime::transport::asynchronous::Listener::unix(socket)?.serve(&monitor)?;
    drop(inside);
    sender::measure(socket, count, send)
}

fn threads(socket: &str) -> std::io::Result<()> {
    let _handle = qapi_runtime::transport::threads::Listener::unix(socket)?.serve(&monitor())?;
    loop {
        std::thread::park();
    }
}

fn tokio(socket: &str) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let _handle = qapi_runtime::transport::asynchronous::Listener::unix(socket)?.serve(&monitor())?;
        std::future::pending().await
    })
}
