//! Connecting to a real server after clients that left in the middle of things, many times: QEMU, its storage daemon
//! and its guest agent, with both clients. `reconnect.rs` has what can go wrong, step by step.
//!
//! `QAPI_RECONNECTS` sets how often, `QAPI_SEED` the seed of the first run.

mod careless;
mod server;
mod tally;

use careless::{AGENT, MONITOR, Words};
use qapi_client_tests::agent;
use qapi_client_tests::driver::{Driver, Kind, both};
use qapi_client_tests::machine;
use qapi_runtime::client::{ClientSchema, Options};
use qapi_test_support::random::Random;
use qapi_test_support::{say, skipped};
use serde_json::Value;
use server::{Arguments, Server};
use std::error::Error;
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name);
    text.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Connects once, and executes a command.
fn converse<S: ClientSchema>(kind: Kind, path: &Path, command: &str) -> Result<(), Box<dyn Error>> {
    let limit = Duration::from_secs(30);
    let client = Driver::<S>::connect(kind, path, &Options::new().connect_timeout(limit).timeout(limit))?;
    client.execute_raw(command, Value::Null)?;
    Ok(())
}

/// An error's text with those of its sources.
fn chain(error: &dyn Error) -> String {
    let own = error.to_string();
    error.source().map_or(own.clone(), |source| format!("{own}: {}", chain(source)))
}

/// Connects after careless clients, as often as told, and counts.
fn reconnect<S: ClientSchema>(
    name: &str,
    program: OsString,
    arguments: Arguments,
    words: Words,
    command: &str,
) {
    if !server::is_there(&program) {
        return skipped(&format!("connecting again to {name}"), "it is not installed");
    }
    // The first test sets it for all of them, which count together when they run at once.
    let _ = tracing::subscriber::set_global_default(tally::Tally);
    let (times, seed) = (number("QAPI_RECONNECTS", 300), number("QAPI_SEED", 1));
    both(|kind| {
        let started = Instant::now();
        let mut random = Random::new(seed);
        let mut server = Server::start(&program, arguments);
        let (mut connected, mut ended, mut failures) = (0, 0, Vec::new());
        for round in 0..times {
            for _ in 0..=random.below(2) {
                careless::visit(&server.path(), words, &mut random);
            }
            match converse::<S>(kind, &server.path(), command) {
                Ok(()) => connected += 1,
                // The server's own fault: QEMU aborts at times, and the agent ends when it cannot write.
                Err(_) if server.is_gone() => {
                    ended += 1;
                    server = Server::start(&program, arguments);
                }
                Err(error) => {
                    failures.push(format!("{round}: {}", chain(&*error)));
                }
            }
        }
        let (skipped, again) = tally::take();
        say(&format!(
            "{name}, {kind:?}, seed {seed}: {connected} of {times} connected, {} failed, the server ended {ended} times; \
             {skipped} messages skipped, {again} connections begun again; {:?}",
            failures.len(),
            started.elapsed()
        ));
        assert!(failures.is_empty(), "{failures:#?}");
        assert!(connected > times / 4, "the server ended too often to tell");
    });
}

#[test]
fn qemu() {
    let program = std::env::var_os("QAPI_QEMU").unwrap_or_else(|| "qemu-system-x86_64".into());
    let arguments: Arguments = |command, path| {
        command.args(["-machine", "none", "-display", "none", "-nodefaults", "-accel", "tcg", "-qmp"]);
        command.arg(format!("unix:{},server=on,wait=off", path.display()));
    };
    reconnect::<machine::Schema>("QEMU", program, arguments, MONITOR, "query-name");
}

#[test]
fn storage_daemon() {
    let arguments: Arguments = |command, path| {
        let socket = format!("socket,id=c,path={},server=on,wait=off", path.display());
        command.args(["--chardev", &socket, "--monitor", "chardev=c"]);
    };
    let program = "qemu-storage-daemon".into();
    reconnect::<machine::Schema>("QEMU's storage daemon", program, arguments, MONITOR, "query-version");
}

#[test]
fn guest_agent() {
    let Some(program) = qapi_client_tests::guest_agent::program() else {
        return skipped("connecting again to a guest agent", "it is not installed");
    };
    let arguments: Arguments = |command, path| {
        let folder = path.parent().expect("it is in a folder");
        command.args(["-m", "unix-listen", "-p"]).arg(path).arg("-t").arg(folder);
    };
    reconnect::<agent::Schema>("the guest agent", program.into(), arguments, AGENT, "guest-ping");
}
