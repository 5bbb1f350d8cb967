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
    let mut command = again("unshare", &before, NAME);
    let mut child = command.env(CHILD, &path).stdout(Stdio::piped()).spawn().expect("starts");
    let client = loop {
        if let Ok(client) = UnixStream::connect(&path) {
            break client;
        }
        assert_eq!(child.try_wait().expect("a child"), None, "it has ended without listening");
        std::thread::sleep(std::time::Duration::from_millis(1));
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

/// Sends bytes with a descriptor, over and over.
fn send_with(socket: &UnixStream, bytes: &[u8], count: usize) {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, sendmsg};
    let file = tempfile::tempfile().expect("a file");
    let files = vec![file.as_fd(); count];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    assert!(control.push(SendAncillaryMessage::ScmRights(&files)));
    let sent = sendmsg(socket, &[io::IoSlice::new(bytes)], &mut control, SendFlags::empty());
    assert_eq!(sent, Ok(bytes.len()));
}

fn received(bytes: usize, truncated: bool) -> Received {
    Received { bytes, truncated }
}

#[test]
fn as_many_descriptors_arrive_as_can_be_sent() {
    let (near, far) = UnixStream::pair().expect("a pair");
    let (mut buffer, mut files) = ([0; 16], Vec::new());
    send_with(&far, b"all", FILES);
    send_with(&far, b"one", 1);
    let mut next = |files: &mut Vec<File>| receive(&near, &mut buffer, files, RecvFlags::empty());
    assert_eq!(next(&mut files).expect("reads"), received(3, false));
    assert_eq!(files.len(), FILES);
    assert_eq!(next(&mut files).expect("reads"), received(3, false));
    assert_eq!(files.len(), FILES + 1, "those before it stay");
    drop(far);
    assert_eq!(next(&mut files).expect("the end"), received(0, false));
    assert!(files.iter().all(|file| rustix::io::fcntl_getfd(file) == Ok(rustix::io::FdFlags::CLOEXEC)));
}

/// The kernel passes as many as this process may open, and drops the rest. It does so in a process of its own, which has
/// few.
#[test]
#[cfg(target_os = "linux")]
fn descriptors_that_this_process_has_no_room_for_are_told_of() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    if std::env::var_os(CHILD).is_none() {
        let name = "descriptors_that_this_process_has_no_room_for_are_told_of";
        let output = again(&this_program(), &[], name).env(CHILD, "").output().expect("starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let (near, far) = UnixStream::pair().expect("a pair");
    for (text, count) in [("100 of them", 100), ("and again", 100), ("few", 2), ("none", 0)] {
        send_with(&far, text.as_bytes(), count);
    }
    let before = near.try_clone().expect("a descriptor");
    let limit = getrlimit(Resource::Nofile);
    let first_free = std::os::fd::AsRawFd::as_raw_fd(&before).unsigned_abs() + 1;
    let room = |room: u32| {
        let current = Some(u64::from(first_free + room));
        setrlimit(Resource::Nofile, rustix::process::Rlimit { current, ..limit }).expect("a limit");
    };
    let (mut buffer, mut files) = ([0; 16], vec![File::from(before)]);
    let mut next = |files: &mut Vec<File>| receive(&near, &mut buffer, files, RecvFlags::empty());
    room(29);
    assert_eq!(next(&mut files).expect("reads"), received(11, true));
    assert_eq!(files.len(), 1, "those that did come are closed, and those before them stay");
    room(0);
    assert_eq!(next(&mut files).expect("reads"), received(9, true));
    room(2);
    assert_eq!(next(&mut files).expect("reads"), received(3, false));
    assert_eq!(files.len(), 3);
    assert_eq!(next(&mut files).expect("reads"), received(4, false));
}

#[test]
fn descriptors_that_nobody_asked_for_do_not_arrive() {
    let (near, far) = UnixStream::pair().expect("a pair");
    let (read, write) = rustix::pipe::pipe().expect("a pipe");
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = rustix::net::SendAncillaryBuffer::new(&mut space);
    let files = [write.as_fd()];
    assert!(control.push(rustix::net::SendAncillaryMessage::ScmRights(&files)));
    rustix::net::sendmsg(&far, &[io::IoSlice::new(b"text")], &mut control, SendFlags::empty())
        .expect("sends");
    drop(write);
    let mut buffer = [0; 16];
    assert_eq!(receive_bytes(&near, &mut buffer, RecvFlags::empty()).expect("reads"), 4);
    assert_eq!(&buffer[..4], b"text");
    // The last one that could write to the pipe is gone.
    assert_eq!(rustix::io::read(&read, &mut buffer), Ok(0));
}
