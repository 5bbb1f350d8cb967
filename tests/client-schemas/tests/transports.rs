//! TCP, and byte streams that are not sockets to the client. `qemu/ways.rs` tests the same with a real QEMU.

use qapi_client_tests::driver::{Driver, Kind, runtime};
use qapi_client_tests::many::Idle;
use qapi_client_tests::newer::{self, command};
use qapi_client_tests::peer::Peer;
use qapi_runtime::Monitor;
use qapi_runtime::client::{
    CommandError, CommandErrorKind, ConnectError, ConnectErrorKind, GoneReason, Options, asynchronous,
    blocking,
};
use qapi_runtime::transport::threads::Listener;
use serde_json::json;
use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;

#[test]
fn tcp() {
    let monitor = Monitor::builder(newer::Dispatcher::new(Arc::new(Idle))).build();
    let listener = Listener::tcp("127.0.0.1:0").expect("a port");
    let address = listener.tcp_address().expect("an address");
    let _server = listener.serve(&monitor).expect("it serves");
    for kind in Kind::ALL {
        let socket = TcpStream::connect(address).expect("it listens");
        let client = Driver::<newer::Schema>::tcp(kind, socket, &Options::new()).expect("it connects");
        assert_eq!(client.execute(command::QueryJobs::new()).expect("a reply"), []);
        // More than the kernel's socket buffer takes at once.
        let long = "x".repeat(8 << 20);
        client.execute(command::Start::new(long)).expect("a reply");
        let error = client.execute_raw("no-such-command", json!(null)).expect_err("there is none");
        assert!(error.refusal().is_some(), "{kind:?}: {error}");
    }
    // By address, too.
    blocking::Client::<newer::Schema>::connect_tcp(address).expect("it connects");
    let connect = asynchronous::Client::<newer::Schema>::connect_tcp(address);
    runtime().block_on(connect).expect("it connects");
}

/// A server with a greeting and one reply.
fn serve(mut peer: Peer) {
    peer.negotiate(&[]);
    let request = peer.request();
    peer.reply(&request, json!([]));
}

#[test]
fn a_stream_that_blocks() {
    let (socket, peer) = Peer::pair();
    let server = thread::spawn(move || serve(peer));
    let reader = socket.try_clone().expect("a descriptor");
    let client = blocking::Client::<newer::Schema>::stream(reader, socket, &Options::new());
    let client = client.expect("it connects");
    assert_eq!(client.execute(command::QueryJobs::new()).expect("a reply"), []);
    let null = std::fs::File::open("/dev/null").expect("it is there");
    let error = client.with_fds([&null, &null]).execute(command::QueryJobs::new());
    assert!(matches!(error, Err(CommandError { kind: CommandErrorKind::Arguments(_), .. })), "{error:?}");
    server.join().expect("no panic");
    let error = client.execute(command::QueryJobs::new()).expect_err("no server is there");
    assert!(matches!(error, CommandError { kind: CommandErrorKind::Gone { .. }, .. }), "{error}");
}

/// A writer that always fails.
struct Broken;

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("no paper"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stream_that_cannot_be_written() {
    let (socket, mut peer) = Peer::pair();
    peer.send(&json!({ "QMP": { "version": {}, "capabilities": [] } }));
    let result = blocking::Client::<newer::Schema>::stream(socket, Broken, &Options::new());
    let Err(error) = result else { panic!("it cannot be connected") };
    let ConnectError { kind: ConnectErrorKind::Gone(reason), .. } = &error else { panic!("{error}") };
    let GoneReason::Io(cause) = reason.reason() else { panic!("{reason}") };
    assert_eq!(cause.to_string(), "no paper");
}

#[test]
fn a_stream_on_tokio() {
    let (socket, peer) = Peer::pair();
    let server = thread::spawn(move || serve(peer));
    runtime().block_on(async {
        let (near, mut far) = tokio::io::duplex(64);
        socket.set_nonblocking(true).expect("a socket");
        let mut socket = tokio::net::UnixStream::from_std(socket).expect("a socket");
        tokio::spawn(async move { tokio::io::copy_bidirectional(&mut far, &mut socket).await });
        let client = asynchronous::Client::<newer::Schema>::stream(near, &Options::new()).await;
        let client = client.expect("it connects");
        assert_eq!(client.execute(command::QueryJobs::new()).await.expect("a reply"), []);
        let error = client.execute(command::QueryJobs::new()).await.expect_err("no server is there");
        let CommandError { kind: CommandErrorKind::Gone { reason, .. }, .. } = &error else {
            panic!("{error}")
        };
        assert!(matches!(reason.reason(), GoneReason::Closed), "{error}");
    });
    server.join().expect("no panic");
}
