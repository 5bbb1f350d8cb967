//! Connecting to a server that is being started, and to one that has ended.

use qapi_client_tests::driver::{Driver, both};
use qapi_client_tests::peer::Peer;
use qapi_runtime::client::{ConnectError, ConnectErrorKind, Options, Untyped};
use rustix::net::sockopt;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(100);

fn options(limit: Duration) -> Options {
    Options::new().connect_timeout(limit).wait_for_server(true)
}

/// Listens after a while, and serves one client.
fn listen_later(path: &Path) -> thread::JoinHandle<()> {
    let path = path.to_owned();
    thread::spawn(move || {
        thread::sleep(SHORT);
        let listener = UnixListener::bind(path).expect("a socket");
        Peer::on(listener.accept().expect("a client").0).negotiate(&[]);
    })
}

fn is_absent(error: &ConnectError) -> bool {
    matches!(&error.kind, ConnectErrorKind::Io(error) if error.kind() == io::ErrorKind::NotFound)
}

#[test]
fn a_server_that_does_not_listen_yet() {
    both(|kind| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("qmp");
        let server = listen_later(&path);
        let error = Driver::<Untyped>::connect(kind, &path, &Options::new()).expect_err("not yet");
        assert!(is_absent(&error), "{error}");
        Driver::<Untyped>::connect(kind, &path, &options(LONG)).expect("it connects");
        server.join().expect("no panic");
    });
}

#[test]
fn a_socket_that_an_earlier_server_has_left() {
    both(|kind| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("qmp");
        drop(UnixListener::bind(&path).expect("a socket"));
        let (old, new) = (path.clone(), path.clone());
        let server = thread::spawn(move || {
            thread::sleep(SHORT);
            std::fs::remove_file(old).expect("it is there");
            listen_later(&new).join().expect("no panic");
        });
        Driver::<Untyped>::connect(kind, &path, &options(LONG)).expect("it connects");
        server.join().expect("no panic");
    });
}

#[test]
fn a_server_that_never_listens() {
    both(|kind| {
        let start = Instant::now();
        let error = Driver::<Untyped>::connect(kind, Path::new("/no/such/socket"), &options(SHORT * 3));
        let error = error.expect_err("there is none");
        assert!(is_absent(&error), "{error}");
        // The last pause before the limit may not fit.
        assert!(start.elapsed() >= SHORT, "{:?}", start.elapsed());
    });
}

#[test]
fn a_process_that_has_ended() {
    both(|kind| {
        let start = Instant::now();
        let mut child = Command::new("sh").args(["-c", "exit 3"]).spawn().expect("it starts");
        let options = Options::new().connect_timeout(LONG);
        let ended = || child.try_wait();
        let error = Driver::<Untyped>::connect_while(kind, Path::new("/no/such/socket"), &options, ended);
        let error = error.expect_err("it has ended");
        assert!(matches!(error.kind, ConnectErrorKind::Ended(status) if status.code() == Some(3)), "{error}");
        let text = "cannot connect to /no/such/socket: the server's process has ended with exit status: 3";
        assert_eq!(error.to_string(), text);
        assert!(start.elapsed() < LONG / 2);
    });
}

#[test]
fn a_process_that_listens_in_time() {
    both(|kind| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("qmp");
        let server = listen_later(&path);
        Driver::<Untyped>::connect_while(kind, &path, &Options::new(), || Ok(None)).expect("it connects");
        server.join().expect("no panic");
    });
}

#[test]
fn tcp_is_probed_if_asked_for() {
    for keepalive in [None, Some(Duration::from_secs(7))] {
        both(|kind| {
            let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a socket");
            let socket = TcpStream::connect(listener.local_addr().expect("an address")).expect("it listens");
            let same = socket.try_clone().expect("a duplicate");
            drop(listener);
            let options = Options::new().keepalive(keepalive);
            Driver::<Untyped>::tcp(kind, socket, &options).expect_err("the server has left");
            assert_eq!(sockopt::socket_keepalive(&same).expect("an option"), keepalive.is_some());
            if keepalive.is_some() {
                assert_eq!(sockopt::tcp_keepidle(&same).ok(), keepalive);
                assert_eq!(sockopt::tcp_keepintvl(&same).ok(), keepalive);
                assert_eq!(sockopt::tcp_keepcnt(&same), Ok(3));
            }
        });
    }
}
