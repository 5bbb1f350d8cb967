use super::*;
use std::net::TcpStream;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};

/// Has a process that a test started do its part instead of the test.
const CHILD: &str = "QAPI_SOCKET_TEST_CHILD";

/// This test program, to run one test of this module.
fn again(program: &str, before: &[&str], test: &str) -> Command {
    let mut command = Command::new(program);
    command.args(before).args(["--exact", &format!("transport::socket::tests::{test}"), "--nocapture"]);
    command
}

fn this_program() -> String {
    std::env::current_exe().expect("this program").into_os_string().into_string().expect("text")
}

fn own() -> Peer {
    let user = Credentials::new(rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    Peer::Unix(cfg!(target_os = "linux").then_some(user.with_pid(std::process::id())))
}

#[test]
fn a_client_is_accepted_with_what_the_kernel_knows_of_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("socket");
    let listener = Socket::Unix(UnixListener::bind(&path).expect("binds"));
    let client = UnixStream::connect(&path).expect("connects");
    let (socket, from) = accept(&listener).expect("a client");
    assert_eq!(from, own());
    assert_eq!(peer(&socket).expect("connected"), own());
    assert_eq!(peer(&client).expect("connected"), own());
    assert_eq!(rustix::io::fcntl_getfd(&socket), Ok(rustix::io::FdFlags::CLOEXEC));
}

#[test]
fn a_tcp_client_is_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let client = TcpStream::connect(listener.local_addr().expect("an address")).expect("connects");
    let expected = Peer::Tcp(client.local_addr().expect("an address"));
    let (socket, from) = accept(&Socket::Tcp(listener)).expect("a client");
    assert_eq!(from, expected);
    assert_eq!(peer(&socket).expect("connected"), expected);
    assert_eq!(rustix::net::sockopt::tcp_nodelay(&socket), Ok(true));
}

#[test]
fn what_is_not_connected_has_no_peer() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    assert_eq!(peer(&listener).expect_err("listens").kind(), io::ErrorKind::NotConnected);
    peer(tempfile::tempfile().expect("a file")).expect_err("no socket");
}

/// The kernel calls such a client process 0.
#[test]
#[cfg(target_os = "linux")]
fn a_client_of_another_process_namespace_has_no_process_but_a_user() {
    const NAME: &str = "a_client_of_another_process_namespace_has_no_process_but_a_user";
    if let Some(path) = std::env::var_os(CHILD) {
        return serve_one(Path::new(&path));
    }
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("socket");
    // The user's own namespace permits it to those who are not root.
    let before = ["--user", "--map-root-user", "--pid", "--fork", &this_program()];
    let works = Command::new("unshare").args(&before[..4]).arg("true").stderr(Stdio::null()).status();
    if !works.is_ok_and(|status| status.success()) {
        println!("skipped: no namespace can be made here");
        return;
    }
    let child =
        again("unshare", &before, NAME).env(CHILD, &path).stdout(Stdio::piped()).spawn().expect("starts");
    let client = loop {
        match UnixStream::connect(&path) {
            Ok(client) => break client,
            Err(_) => std::thread::sleep(std::time::Duration::from_millis(1)),
        }
    };
    let output = child.wait_with_output().expect("ends");
    drop(client);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // The user of the namespace's maker is its root.
    assert!(text.contains("peer unix:uid=0,gid=0\n"), "{text}");
}

fn serve_one(path: &Path) {
    let listener = Socket::Unix(UnixListener::bind(path).expect("binds"));
    let (_socket, peer) = accept(&listener).expect("a client");
    println!("\npeer {peer}");
}
