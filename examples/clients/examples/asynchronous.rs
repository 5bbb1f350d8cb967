//! Watches a machine on tokio, with two calls at once: `cargo run -p clients --example asynchronous --
//! /run/vm/qmp.sock`.

use clients::qapi::{Event, Schema, command};
use qapi_runtime::client::asynchronous::Client;
use std::error::Error;
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("give the path of a monitor's socket")?;
    let client = Client::<Schema>::connect_unix(path).await?;
    let mut events = client.events();

    let (version, status) = tokio::join!(
        client.execute(command::QueryVersion::new()),
        client.with_timeout(Duration::from_secs(5)).execute(command::QueryStatus::new()),
    );
    println!("version {}, the machine is {}", version?.qemu.major, status?.status);

    while let Some(event) = events.next().await {
        match event {
            Ok(event) => match event.event {
                Event::GuestPanicked(event) => println!("the guest panicked: {}", event.action),
                other => println!("{other:?}"),
            },
            // This event does not match the schema. The connection still works, and later events may match.
            Err(error) => eprintln!("{error}: {}", error.error),
        }
    }
    Ok(())
}
