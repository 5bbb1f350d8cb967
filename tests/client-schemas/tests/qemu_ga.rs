//! QEMU's guest agent itself, driven by a client of its schema: over a socket, and over a terminal device as in a
//! guest.
//!
//! `QAPI_QEMU_GA` names the program (`qemu-ga` from `PATH` otherwise). The agent acts on the machine that the test runs
//! on, so the test executes only commands that change nothing.
#![cfg(qemu_schema)]

use qapi_client_tests::driver::{Driver, Kind};
use qapi_client_tests::guest_agent::{Agent, program};
use qapi_client_tests::qga::{self, command};
use qapi_runtime::ErrorClass;
use qapi_runtime::client::{CommandError, CommandErrorKind, Options};
use qapi_test_support::skipped;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

type Client = Driver<qga::Schema>;

/// Runs the test with each client; reports it as skipped if there is no agent.
fn with_each(test: impl Fn(&std::path::Path, Kind)) {
    match program() {
        Some(program) => Kind::ALL.into_iter().for_each(|kind| test(&program, kind)),
        None => skipped("QEMU's guest agent", "there is no qemu-ga; QAPI_QEMU_GA names another program"),
    }
}

fn converse(client: &Client) {
    client.execute(command::GuestPing::new()).expect("an answer");
    assert_eq!(client.execute(command::GuestSync::new(7)).expect("an answer"), 7);
    let info = client.execute(command::GuestInfo::new()).expect("an answer");
    assert!(info.version.starts_with(|first: char| first.is_ascii_digit()), "{}", info.version);
    assert!(info.supported_commands.iter().any(|command| command.name == "guest-ping" && command.enabled));

    let time = client.execute(command::GuestGetTime::new()).expect("an answer");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let told = Duration::from_nanos(u64::try_from(time).expect("after 1970"));
    assert!(now.abs_diff(told) < Duration::from_secs(600), "{now:?}, {told:?}");
    let system = client.execute(command::GuestGetOsinfo::new()).expect("an answer");
    assert!(system.kernel_release.is_some(), "{system:?}");
    client.execute(command::GuestGetTimezone::new()).expect("an answer");
    assert!(!client.execute(command::GuestGetHostName::new()).expect("an answer").host_name.is_empty());
    let processors = client.execute(command::GuestGetVcpus::new()).expect("an answer");
    assert!(processors.iter().any(|processor| processor.online));
    let interfaces = client.execute(command::GuestNetworkGetInterfaces::new()).expect("an answer");
    assert!(interfaces.iter().any(|interface| interface.name == "lo"), "{interfaces:?}");

    // The client knows which commands the agent has. A command that it lacks is an error with a class.
    assert!(client.has::<command::GuestGetOsinfo>().expect("an answer"));
    assert!(!client.capabilities().expect("an answer").has_command("guest-fly"));
    let error = client.execute_raw("guest-fly", serde_json::Value::Null).expect_err("it cannot");
    assert_eq!(error.class(), Some(&ErrorClass::CommandNotFound));
    // Only some versions have this command, and the agent may be of another version than the schema.
    let knows = client.has::<command::GuestGetLoad>().expect("an answer");
    match client.execute(command::GuestGetLoad::new()) {
        Ok(_) => assert!(knows),
        Err(error) => assert!(!knows, "{error}"),
    }
    let error = client.execute(command::GuestFileClose::new(12345)).expect_err("no such file is open");
    assert_eq!(error.class(), Some(&ErrorClass::GenericError));
    assert!(matches!(
        client.execute_oob(command::GuestPing::new()),
        Err(CommandError { kind: CommandErrorKind::NoOutOfBand, .. })
    ));
}

#[test]
fn over_a_socket() {
    with_each(|program, kind| {
        let mut agent = Agent::listening(program);
        for _ in 0..2 {
            // One after another: each synchronises anew.
            let client = Client::unix(kind, agent.connect(), &Options::new()).expect("it connects");
            converse(&client);
        }
    });
}

#[test]
fn over_a_terminal() {
    with_each(|program, kind| {
        let (_agent, terminal) = Agent::on_a_terminal(program);
        let reader = terminal.try_clone().expect("a descriptor");
        let client = Client::pipes(kind, reader, terminal, &Options::new()).expect("it connects");
        converse(&client);
    });
}
