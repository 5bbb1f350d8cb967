//! How listeners come to their sockets, and keep them.

#![cfg(all(unix, feature = "threads"))]

mod session_stub;

use qapi_runtime::Monitor;
use qapi_runtime::transport::UnixOptions;
use qapi_runtime::transport::threads::Listener;
use session_stub::Server;
use std::fs::Permissions;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Long enough for a slow machine; reached only when something is broken.
const LONG: Duration = Duration::from_secs(60);

/// Has a process started by a test do its part instead of the test: the path of a socket.
const CHILD: &str = "QAPI_LISTENERS_TEST_CHILD";

fn directory() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("qmp");
    (directory, path)
}

/// Leaves a socket as a process does that was killed.
fn leave_stale(path: &Path) {
    drop(UnixListener::bind(path).expect("binds"));
    assert!(path.exists());
}

/// A socket at the path that does not listen yet: what another server has between its `bind` and its `listen`.
fn bind_without_listening(path: &Path) -> OwnedFd {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};
    let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None).expect("a socket");
    rustix::net::bind(&socket, &SocketAddrUnix::new(path).expect("an address")).expect("binds");
    socket
}

/// Runs one test of this program in a process of its own.
fn spawn(test: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts")
}

#[test]
#[cfg(target_os = "linux")]
fn a_socket_that_is_bound_but_does_not_listen_yet_is_not_stolen() {
    let (_directory, path) = directory();
    let bound = bind_without_listening(&path);
    let error = Listener::unix(&path).expect_err("another server is about to listen");
    assert_eq!(error.kind(), ErrorKind::AddrInUse, "{error}");
    rustix::net::listen(&bound, 1).expect("listens");
    UnixStream::connect(&path).expect("its socket is still there");
}

#[test]
fn of_processes_that_start_at_once_on_a_stale_path_one_wins() {
    const PROCESSES: usize = 6;
    if let Some(path) = std::env::var_os(CHILD) {
        return compete(Path::new(&path));
    }
    for round in 0..10 {
        let (_directory, path) = directory();
        leave_stale(&path);
        let name = "of_processes_that_start_at_once_on_a_stale_path_one_wins";
        let mut children: Vec<Child> = (0..PROCESSES).map(|_| spawn(name, &path)).collect();
        // All wait for their input to end, and so start together.
        let mut outputs: Vec<_> = children
            .iter_mut()
            .map(|child| BufReader::new(child.stdout.take().expect("an output")))
            .collect();
        outputs.iter_mut().for_each(|output| _ = line_with(output, "ready"));
        std::fs::write(path.with_file_name("go"), "").expect("a file");
        let won: Vec<bool> =
            outputs.iter_mut().map(|output| line_with(output, "took ").ends_with("true")).collect();
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "round {round}: {won:?}");
        UnixStream::connect(&path).expect("the winner listens");
        for child in &mut children {
            drop(child.stdin.take());
        }
        assert!(children.iter_mut().all(|child| child.wait().expect("ends").success()));
    }
}

/// What the mode and the groups of the file system say, for a listener with these options.
fn permissions(options: &UnixOptions) -> (u32, u32) {
    let (_directory, path) = directory();
    let _listener = Listener::unix_with(&path, options).expect("listens");
    let file = std::fs::metadata(&path).expect("a socket");
    (file.mode() & 0o777, file.gid())
}

#[test]
fn a_socket_has_the_mode_asked_for_whatever_the_umask_is() {
    assert_eq!(permissions(&UnixOptions::new()).0, 0o600);
    // A usual umask would take the permission to write from the group and others.
    for mode in [0o660, 0o666, 0o777, 0o400, 0] {
        assert_eq!(permissions(&UnixOptions::new().mode(mode)).0, mode, "{mode:o}");
    }
    let (_directory, path) = directory();
    let error = Listener::unix_with(&path, &UnixOptions::new().mode(0o1600)).expect_err("not for sockets");
    assert_eq!(error.to_string(), "0o1600 is no mode of a socket: it goes up to 0o777");
    assert!(!path.exists());
}

#[test]
fn a_socket_is_given_to_a_group() {
    let own = permissions(&UnixOptions::new()).1;
    assert_eq!(permissions(&UnixOptions::new().mode(0o660).group(own)), (0o660, own));
    let others = UnixOptions::new().group(own + 1);
    if permitted() {
        assert_eq!(permissions(&others), (0o600, own + 1));
    } else {
        let (_directory, path) = directory();
        let error = Listener::unix_with(&path, &others).expect_err("not our group");
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert!(!path.exists());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_may_not_be_created_is_an_error_that_names_the_lock_file() {
    let (directory, path) = directory();
    std::fs::set_permissions(directory.path(), Permissions::from_mode(0o555)).expect("read-only");
    let listen = || {
        if permitted() {
            // Of this thread alone.
            rustix::thread::set_thread_uid(rustix::process::Uid::from_raw(65534)).expect("no longer root");
        }
        Listener::unix(&path).expect_err("not ours to write in")
    };
    let error = std::thread::scope(|scope| scope.spawn(listen).join().expect("fails only"));
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    let text = error.to_string();
    assert!(text.starts_with("cannot open the lock file ") && text.contains("qmp.lock: "), "{text}");
}

/// Whether the permissions of files do not matter to this process.
fn permitted() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn socket_and_lock_file_go_with_the_listener_and_only_then() {
    let (_directory, path) = directory();
    let lock = path.with_file_name("qmp.lock");
    let listener = Listener::unix(&path).expect("listens");
    assert!(path.exists() && lock.exists());
    Listener::unix(&path).expect_err("another server listens");
    assert!(path.exists() && lock.exists());
    drop(listener);
    assert!(!path.exists() && !lock.exists());
    drop(Listener::unix(&path).expect("free again"));
}

/// Serves clients of the listener, and asks for the greeting over `connect`.
fn is_served<S: Read>(listener: Listener, connect: impl FnOnce() -> S) {
    let server = Server::default();
    let monitor = Monitor::builder(server.clone()).events(&server.events).build();
    listener.serve(&monitor).expect("serves");
    let mut line = String::new();
    BufReader::new(connect()).read_line(&mut line).expect("a greeting");
    assert!(line.starts_with("{\"QMP\""), "{line}");
    assert!(monitor.shutdown(LONG));
}

#[test]
fn a_socket_that_listens_already_is_served_and_its_file_stays() {
    let (_directory, path) = directory();
    let bound = UnixListener::bind(&path).expect("binds");
    is_served(Listener::from_fd(bound).expect("listens"), || UnixStream::connect(&path).expect("connects"));
    assert!(path.exists());
    let bound = TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = bound.local_addr().expect("an address");
    let listener = Listener::from_fd(OwnedFd::from(bound)).expect("listens");
    assert_eq!(listener.tcp_address(), Some(address));
    is_served(listener, || TcpStream::connect(address).expect("connects"));
}

#[test]
#[cfg(target_os = "linux")]
fn an_abstract_name_is_served_and_had_once() {
    use std::os::linux::net::SocketAddrExt;
    let name = format!("qapi-listeners-test-{}", std::process::id());
    let listener = Listener::unix_abstract(&name).expect("listens");
    let error = Listener::unix_abstract(&name).expect_err("taken");
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    let address = SocketAddr::from_abstract_name(&name).expect("an address");
    is_served(listener, || UnixStream::connect_addr(&address).expect("connects"));
    assert_eq!(Listener::unix_abstract("").expect_err("empty").kind(), ErrorKind::InvalidInput);
    Listener::unix_abstract([0; 107]).expect("any bytes");
    Listener::unix_abstract([b'x'; 108]).expect_err("too long");
}

/// Tries to have the socket, once a file says go, and keeps it until the input ends.
fn compete(path: &Path) {
    println!("ready");
    while !path.with_file_name("go").exists() {
        std::hint::spin_loop();
    }
    let listener = Listener::unix(path);
    println!("took {}", listener.is_ok());
    if let Err(error) = &listener {
        assert_eq!(error.kind(), ErrorKind::AddrInUse, "{error}");
    }
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

/// The next line with this word; the harness prints some of its own, and not always to the line's end.
fn line_with(output: &mut impl BufRead, word: &str) -> String {
    let mut line = String::new();
    while !line.contains(word) {
        line.clear();
        assert_ne!(output.read_line(&mut line).expect("reads"), 0, "the process has ended");
    }
    line.trim_end().to_owned()
}

#[test]
fn a_loop_of_ones_own_accepts_clients_itself() {
    use qapi_runtime::monitor::driver::{Action, Driver, Placement};
    use qapi_runtime::transport::{self, socket};
    use std::io::Write;
    use std::task::{Context, Waker};

    let (_directory, path) = directory();
    let listener = transport::Listener::<()>::unix(&path).expect("listens").name("own");
    assert_eq!(listener.accept().expect_err("no client").kind(), ErrorKind::WouldBlock);
    let server = Server::default();
    let monitor = Monitor::builder(server.clone()).events(&server.events).build();
    let driver = Driver::new(&monitor, Waker::noop().clone(), Placement::Here);

    let mut client = UnixStream::connect(&path).expect("connects");
    let (accepted, peer) = listener.accept().expect("a client");
    assert_eq!(socket::peer(&accepted).expect("connected"), peer);
    let mut connection = driver.connect(peer, listener.session_options(), None).expect("room");
    let (mut buffer, mut files) = ([0; 64], Vec::new());
    let error = socket::try_receive(&accepted, &mut buffer, &mut files).expect_err("nothing yet");
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    client.write_all(b"{'execute': 'qmp_capabilities'}").expect("sends");
    let received = socket::try_receive(&accepted, &mut buffer, &mut files).expect("a command");
    assert!(!received.truncated);
    connection.receive(&buffer[..received.bytes], files);
    while let Action::Write = connection.advance(&mut Context::from_waker(Waker::noop())) {
        connection.flush(|bytes| socket::send(&accepted, bytes));
    }
    let mut lines = BufReader::new(&client).lines().map(|line| line.expect("reads"));
    assert!(lines.next().expect("a greeting").starts_with("{\"QMP\""));
    assert_eq!(lines.next().expect("a reply"), "{\"return\": {}}");

    client.shutdown(std::net::Shutdown::Write).expect("ends its direction");
    assert_eq!(socket::try_receive(&accepted, &mut buffer, &mut Vec::new()).expect("the end").bytes, 0);
    assert!(!socket::has_hung_up(&accepted), "it still reads");
    drop(lines);
    drop(client);
    assert!(socket::has_hung_up(&accepted));
}
