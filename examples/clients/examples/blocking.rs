//! Watches a machine on a standard thread: `cargo run -p clients --example blocking -- /run/vm/qmp.sock`.

use clients::qapi::{Event, PanicAction, RunState, Schema, command};
use qapi_runtime::client::blocking::Client;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("give the path of a monitor's socket")?;
    let client = Client::<Schema>::connect_unix(path)?;
    // Before the first command, so that no event is missed.
    let events = client.events();
    println!("connected to version {}", client.greeting().version);

    // Not every server has this command: ask before use.
    if client.has::<command::SetAction>()? {
        client.execute(command::SetAction::new().panic(PanicAction::Pause))?;
    }
    match client.execute(command::QueryStatus::new())?.status {
        RunState::Running => println!("the machine runs"),
        // Includes `Unknown`, a value that this program's schema does not have.
        other => println!("the machine is {other}"),
    }
    for event in events {
        match event?.event {
            Event::GuestPanicked(event) => println!("the guest panicked: {}", event.action),
            Event::Shutdown(event) => println!("shut down: {}", event.reason),
            Event::Unknown(event) => println!("{}: {}", event.name, event.data),
            other => println!("{other:?}"),
        }
    }
    println!("the machine is gone");
    Ok(())
}
