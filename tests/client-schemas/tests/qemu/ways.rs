//! Connections to a real QEMU other than a Unix socket: TCP, and the pipes of a child process.

use crate::{NONE, connect, programs, with_each};
use qapi_client_tests::driver::{Driver, Kind};
use qapi_client_tests::machine::{self, command};
use qapi_runtime::client::{CommandError, CommandErrorKind, Options};
use std::fs::File;
use std::net::TcpStream;
use std::process::{Command, Stdio};

type Client = Driver<machine::Schema>;

fn converse(client: &Client, kind: Kind) {
    let mut events = client.events();
    let status = client.execute(command::QueryStatus::new()).expect("a status").status;
    assert_eq!(status, machine::RunState::Prelaunch, "{kind:?}");
    client.execute(command::Cont::new()).expect("it goes on");
    let event = events.next().expect("an event").expect("it decodes");
    assert!(matches!(event.event, machine::Event::Resume(_)), "{event:?}");
    // Only Unix sockets carry descriptors; the client reports this before it sends anything.
    let file = File::open("/dev/null").expect("it is there");
    let error = client.execute_raw_with_fds(vec![file], "getfd", serde_json::json!({ "fdname": "x" }));
    assert!(matches!(error, Err(CommandError { kind: CommandErrorKind::Arguments(_), .. })), "{error:?}");
    client.execute(command::Quit::new()).expect("an answer before the end");
    assert!(matches!(events.last(), Some(Ok(_))), "a shutdown");
    assert!(client.is_closed());
}

#[test]
fn tcp() {
    let mut arguments = NONE.to_vec();
    arguments.extend(["-qmp", "tcp:127.0.0.1:0,server=on,wait=off"]);
    with_each(&arguments, |qemu, kind| {
        // QEMU reports the port that the kernel chose only through its monitors.
        let first: Client = connect(qemu, kind);
        let devices = first.execute_raw("query-chardev", serde_json::Value::Null).expect("a list");
        let names = devices.as_array().expect("a list").iter();
        let port = names.filter_map(|device| device["filename"].as_str()?.split("127.0.0.1:").nth(1)).next();
        let port = port.and_then(|rest| rest.split(',').next()).expect("a port").parse().expect("a number");
        let socket = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        let client = Client::tcp(kind, socket, &Options::new()).expect("it connects");
        converse(&client, kind);
        assert_eq!(qemu.wait(), Some(0));
    });
}

#[test]
fn pipes_of_a_child() {
    for program in programs() {
        for kind in Kind::ALL {
            let mut command = Command::new(&program);
            command
                .args(["-display", "none", "-nodefaults", "-S", "-accel", "tcg", "-qmp", "stdio"])
                .args(NONE);
            let mut child =
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("QEMU starts");
            let (reader, writer) =
                (child.stdout.take().expect("a pipe"), child.stdin.take().expect("a pipe"));
            let client = Client::pipes(kind, reader.into(), writer.into(), &Options::new());
            converse(&client.expect("it connects"), kind);
            assert_eq!(child.wait().expect("it ends").code(), Some(0));
        }
    }
}
