//! Connecting to a server whose session an earlier client has spoilt: what a real QEMU was seen to do, step by step.
//! `abandoned.rs` tries the same against real servers.

use qapi_client_tests::driver::{Driver, Kind, both, runtime};
use qapi_client_tests::peer::Peer;
use qapi_client_tests::{agent, older};
use qapi_runtime::client::{ClientSchema, ConnectError, ConnectErrorKind, GoneReason, Options, asynchronous};
use serde_json::{Value, json};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What a server does with one connection.
type Session = fn(&mut Peer);

/// A server on a socket, and the folder of the socket.
struct Server {
    folder: tempfile::TempDir,
    thread: JoinHandle<()>,
}

impl Server {
    /// Serves these sessions, one after the other.
    fn start(sessions: &'static [Session]) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = UnixListener::bind(folder.path().join("qmp")).expect("a socket");
        let thread = thread::spawn(move || {
            for session in sessions {
                let mut peer = Peer::on(listener.accept().expect("a client").0);
                session(&mut peer);
            }
        });
        Server { folder, thread }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("qmp")
    }

    fn end(self) {
        self.thread.join().expect("no panic");
    }
}

/// Connects to a server of these sessions, and executes a command in the last one.
fn connects(sessions: &'static [Session]) {
    both(|kind| {
        let server = Server::start(sessions);
        let client = connect::<older::Schema>(kind, &server).expect("it connects");
        assert_eq!(client.execute(older::command::QueryJobs::new()).expect("a reply"), []);
        drop(client);
        server.end();
    });
}

fn connect<S: ClientSchema>(kind: Kind, server: &Server) -> Result<Driver<S>, ConnectError> {
    Driver::connect(kind, &server.path(), &Options::new().connect_timeout(Duration::from_secs(20)))
}

const GREETING: &str = "{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\r\n";

/// Replies to an earlier client, as long as the longest of QEMU.
fn leftovers() -> String {
    let long = json!({ "return": vec!["x".repeat(58); 4_000], "id": 12 });
    format!("{long}\r\n{}\r\n", json!({ "return": {} }))
}

fn good(peer: &mut Peer) {
    peer.negotiate(&["oob"]);
    serve_one(peer);
}

/// Answers a command, and waits for the client's end.
fn serve_one(peer: &mut Peer) {
    let request = peer.request();
    peer.reply(&request, json!([]));
    assert!(peer.try_request().is_none(), "the client has one command");
}

#[test]
fn replies_before_the_greeting() {
    connects(&[|peer| {
        peer.send_bytes(leftovers().as_bytes());
        good(peer);
    }]);
}

#[test]
fn replies_after_the_greeting() {
    connects(&[|peer| {
        peer.send_bytes(GREETING.as_bytes());
        peer.send_bytes(leftovers().as_bytes());
        let negotiation = peer.request();
        peer.send_bytes(leftovers().as_bytes());
        peer.reply(&negotiation, json!({}));
        // A slow command of the earlier client.
        let request = peer.request();
        peer.send_bytes(b"{\"return\": {}, \"id\": \"slow\"}\r\n");
        peer.reply(&request, json!([]));
    }]);
}

/// The earlier client's `qmp_capabilities` has run in this session.
fn negotiated(peer: &mut Peer) {
    peer.send_bytes(format!("{GREETING}{{\"return\": {{}}}}\r\n").as_bytes());
    let negotiation = peer.request();
    let desc = "Capabilities negotiation is already complete, command ignored";
    let error = json!({ "class": "CommandNotFound", "desc": desc });
    peer.send(&json!({ "error": error, "id": negotiation["id"] }));
    assert!(peer.try_request().is_none(), "the client left");
}

#[test]
fn a_negotiation_that_has_run() {
    connects(&[negotiated, negotiated, good]);
}

#[test]
fn an_end_before_the_greeting() {
    connects(&[|_| {}, |_| {}, |_| {}, good]);
}

#[test]
fn an_end_within_replies_and_within_the_negotiation() {
    connects(&[
        |peer| peer.send_bytes(&leftovers().as_bytes()[..100_000]),
        |peer| {
            peer.send_bytes(GREETING.as_bytes());
            peer.request();
        },
        good,
    ]);
}

#[test]
fn a_guest_agent() {
    both(|kind| {
        let server = Server::start(&[
            |_| {},
            |peer| {
                peer.request();
            },
            |peer| {
                let sync = peer.request();
                peer.send_bytes(b"lf\": 1}]}\n{\"return\": {}, \"id\": 1}\n");
                peer.send(&json!({ "error": { "class": "CommandNotFound", "desc": "no x" } }));
                peer.send_bytes(b"\xFF");
                peer.send(&json!({ "return": sync["arguments"]["id"] }));
                serve_one(peer);
            },
        ]);
        let client = connect::<agent::Schema>(kind, &server).expect("it connects");
        client.execute_raw("guest-x", Value::Null).expect("a reply");
        drop(client);
        server.end();
    });
}

#[test]
fn the_limit_holds_for_all_attempts_together() {
    both(|kind| {
        let server = Server::start(&[negotiated as Session; 10_000]);
        let limit = Duration::from_millis(300);
        let started = std::time::Instant::now();
        let result =
            Driver::<older::Schema>::connect(kind, &server.path(), &Options::new().connect_timeout(limit));
        let Err(ConnectError { kind: ConnectErrorKind::Gone(reason), .. }) = result else {
            panic!("{result:?}")
        };
        assert!(matches!(reason.reason(), GoneReason::AlreadyNegotiated), "{reason}");
        assert!(started.elapsed() < Duration::from_secs(5));
    });
}

#[test]
fn a_server_that_takes_no_further_client_is_waited_for() {
    both(|kind| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("qmp");
        let listener = UnixListener::bind(&path).expect("a socket");
        rustix::net::listen(&listener, 0).expect("a short queue");
        let waiting = std::os::unix::net::UnixStream::connect(&path).expect("the queue takes one");
        let limit = Duration::from_millis(100);
        let result = Driver::<older::Schema>::connect(kind, &path, &Options::new().connect_timeout(limit));
        assert!(
            matches!(result, Err(ConnectError { kind: ConnectErrorKind::Timeout(told), .. }) if told == limit),
            "{result:?}"
        );
        let server = thread::spawn(move || {
            thread::sleep(Duration::from_millis(100));
            drop(waiting);
            drop(listener.accept().expect("the one that waited"));
            good(&mut Peer::on(listener.accept().expect("a client").0));
        });
        let client = Driver::<older::Schema>::connect(kind, &path, &Options::new()).expect("it connects");
        assert_eq!(client.execute(older::command::QueryJobs::new()).expect("a reply"), []);
        drop(client);
        server.join().expect("no panic");
    });
}

#[test]
fn connecting_can_be_spawned() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let options = Options::new();
    let unix = asynchronous::Client::<older::Schema>::connect_unix_with("/no/such/socket", &options);
    let tcp = asynchronous::Client::<older::Schema>::connect_tcp_with("127.0.0.1:1", &options);
    runtime().block_on(async {
        assert!(matches!(is_send(unix).await, Err(ConnectError { kind: ConnectErrorKind::Io(_), .. })));
        assert!(matches!(is_send(tcp).await, Err(ConnectError { kind: ConnectErrorKind::Io(_), .. })));
    });
}

#[test]
fn errors_name_the_socket() {
    both(|kind| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("none");
        let error = Driver::<older::Schema>::connect(kind, &path, &Options::new()).expect_err("no server");
        assert_eq!(error.to_string(), format!("cannot connect to {}", path.display()));

        let server = Server::start(&[good, |peer| peer.negotiate(&[]).as_null().expect("no capability")]);
        let client = connect::<older::Schema>(kind, &server).expect("it connects");
        client.execute(older::command::QueryJobs::new()).expect("a reply");
        drop(client);
        // The path of a socket that the caller connected is known, too.
        let socket = std::os::unix::net::UnixStream::connect(server.path()).expect("it listens");
        let client = Driver::<older::Schema>::unix(kind, socket, &Options::new()).expect("it connects");
        let path = server.path();
        server.end();
        let error = client.execute(older::command::QueryJobs::new()).expect_err("it is gone");
        let text = format!("query-jobs at {}: the connection ended before the ", path.display());
        assert!(error.to_string().starts_with(&text), "{error}");
    });
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[test]
fn abstract_names() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::SocketAddr;

    both(|kind| {
        let name = format!("qapi-{kind:?}-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).expect("a name");
        let listener = UnixListener::bind_addr(&address).expect("a socket");
        let server = thread::spawn(move || good(&mut Peer::on(listener.accept().expect("a client").0)));
        let path = PathBuf::from(format!("\0{name}"));
        let client = Driver::<older::Schema>::connect(kind, &path, &Options::new()).expect("it connects");
        client.execute(older::command::QueryJobs::new()).expect("a reply");
        drop(client);
        server.join().expect("no panic");
        let error = Driver::<older::Schema>::connect(kind, &path, &Options::new()).expect_err("no server");
        assert_eq!(error.to_string(), format!("cannot connect to @{name}"));
    });
}
