//! Operations against a real QEMU, by a client without a schema. `QAPI_WAITS` sets how often each is repeated.

mod jobs;
mod migrations;
mod plug;
mod power;
mod resize;
mod unplug;

use crate::{NONE, connect, rare_rounds, rounds, with_each};
use qapi_client_tests::driver::Driver;
use qapi_runtime::Any;
use qapi_runtime::client::Untyped;
use std::time::Duration;

type Client = Driver<Untyped>;

const LIMIT: Duration = Duration::from_secs(60);

/// Executes a command that has to work.
fn execute(client: &Client, command: &str, arguments: Any) -> Any {
    client.execute_raw(command, arguments).unwrap_or_else(|error| panic!("{error}: {:?}", error.refusal()))
}
