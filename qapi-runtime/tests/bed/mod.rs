//! Servers on each transport, and a client.

#![allow(dead_code, reason = "each test program uses a part")]

use crate::session_stub::Server;
use qapi_runtime::Monitor;
use qapi_runtime::clock::{Clock, Moment};
use qapi_runtime::monitor::{Builder, SessionOptions};
use qapi_runtime::transport::{Listener, threads};
use std::io::{BufRead, BufReader, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
#[cfg(feature = "tokio")]
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;

/// Long enough for a slow machine; reached only when something is broken.
pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) const HELLO: &str = r#"{"execute": "qmp_capabilities"}"#;
pub(crate) const HELLO_OOB: &str = r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#;

/// The transport under test.
#[derive(Clone)]
pub(crate) enum Kind {
    Threads,
    #[cfg(feature = "tokio")]
    Tokio(Arc<tokio::runtime::Runtime>),
}

impl Kind {
    #[cfg(feature = "tokio")]
    pub(crate) fn tokio() -> Kind {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        Kind::Tokio(Arc::new(builder.worker_threads(2).enable_all().build().expect("a runtime")))
    }

    pub(crate) fn serve_unix(&self, path: &Path, monitor: &Monitor) -> std::io::Result<()> {
        self.serve_unix_as(path, monitor, &SessionOptions::default())
    }

    pub(crate) fn serve_unix_as(
        &self,
        path: &Path,
        monitor: &Monitor,
        options: &SessionOptions,
    ) -> std::io::Result<()> {
        match self {
            Kind::Threads => as_told(threads::Listener::unix(path)?, options).serve(monitor).map(drop),
            #[cfg(feature = "tokio")]
            Kind::Tokio(runtime) => {
                let _inside = runtime.enter();
                let listener = qapi_runtime::transport::asynchronous::Listener::unix(path)?;
                as_told(listener, options).serve(monitor).map(drop)
            }
        }
    }

    /// Serves one end of a socket pair, as a socket or as any stream; returns the other.
    pub(crate) fn serve_pair(
        &self,
        monitor: &Monitor,
        options: &SessionOptions,
        as_socket: bool,
    ) -> UnixStream {
        let (near, far) = UnixStream::pair().expect("a pair");
        match self {
            Kind::Threads if as_socket => threads::attach_socket(monitor, options, near),
            Kind::Threads => threads::attach(monitor, options, near.try_clone().expect("a clone"), near),
            #[cfg(feature = "tokio")]
            Kind::Tokio(runtime) => {
                use qapi_runtime::transport::asynchronous;
                let _inside = runtime.enter();
                if as_socket {
                    asynchronous::attach_socket(monitor, options, near)
                } else {
                    near.set_nonblocking(true).expect("does not wait");
                    let near = tokio::net::UnixStream::from_std(near).expect("a stream");
                    asynchronous::attach(monitor, options, near)
                }
            }
        }
        .expect("serves");
        far
    }

    /// Serves TCP; returns the address and what stops it.
    pub(crate) fn serve_tcp(
        &self,
        address: &str,
        monitor: &Monitor,
    ) -> std::io::Result<(SocketAddr, Box<dyn FnOnce()>)> {
        match self {
            Kind::Threads => {
                let listener = threads::Listener::tcp(address)?;
                let address = listener.tcp_address().expect("an address");
                let handle = listener.serve(monitor)?;
                Ok((address, Box::new(move || handle.stop())))
            }
            #[cfg(feature = "tokio")]
            Kind::Tokio(runtime) => {
                let _inside = runtime.enter();
                let listener = qapi_runtime::transport::asynchronous::Listener::tcp(address)?;
                let address = listener.tcp_address().expect("an address");
                let handle = listener.serve(monitor)?;
                Ok((address, Box::new(move || handle.stop())))
            }
        }
    }
}

fn as_told<T>(listener: Listener<T>, options: &SessionOptions) -> Listener<T> {
    listener.with_session_options(options.clone())
}

/// A clock that stands still until it is told the time.
#[derive(Default)]
pub(crate) struct Hand(Mutex<Duration>);

impl Hand {
    pub(crate) fn set(&self, time: Duration) {
        *self.0.lock().expect("the time") = time;
    }
}

impl Clock for Hand {
    fn now(&self) -> Moment {
        let monotonic = *self.0.lock().expect("the time");
        Moment::new(monotonic, monotonic)
    }
}

/// Sends bytes, and descriptors along with them.
pub(crate) fn send_with(stream: &UnixStream, bytes: &[u8], files: &[BorrowedFd<'_>]) {
    assert_eq!(try_send_with(stream, bytes, files), Ok(bytes.len()));
}

/// The same to one who may have left.
pub(crate) fn try_send_with(
    stream: &UnixStream,
    bytes: &[u8],
    files: &[BorrowedFd<'_>],
) -> Result<usize, rustix::io::Errno> {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(253))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    assert!(control.push(SendAncillaryMessage::ScmRights(files)));
    sendmsg(stream, &[IoSlice::new(bytes)], &mut control, SendFlags::empty())
}

/// Waits until it is so. Fails when that takes longer than anything that is not broken.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = std::time::Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < LONG, "not so after {LONG:?}: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Tests that run on each transport.
#[allow(unused_macros, reason = "each test program uses a part")]
macro_rules! on_each_transport {
    ($($name:ident,)*) => {
        mod on_threads {
            $(#[test] fn $name() { super::$name(crate::bed::Kind::Threads); })*
        }
        #[cfg(feature = "tokio")]
        mod on_tokio {
            $(#[test] fn $name() { super::$name(crate::bed::Kind::tokio()); })*
        }
    };
}

#[allow(unused_imports, reason = "each test program uses a part")]
pub(crate) use on_each_transport;

pub(crate) struct Fixture {
    pub(crate) monitor: Monitor,
    pub(crate) server: Server,
    pub(crate) path: PathBuf,
    _directory: TempDir,
    pub(crate) kind: Kind,
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // A test that fails has to end, too: its runtime waits for the commands that run.
        self.server.gate.open();
    }
}

pub(crate) fn start(kind: Kind) -> Fixture {
    start_with(kind, Server::default(), |builder| builder)
}

pub(crate) fn start_with(kind: Kind, server: Server, configure: impl FnOnce(Builder) -> Builder) -> Fixture {
    let monitor = configure(Monitor::builder(server.clone()).events(&server.events)).build();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("qmp");
    kind.serve_unix(&path, &monitor).expect("serves");
    Fixture { monitor, server, path, _directory: directory, kind }
}

pub(crate) struct Client<S> {
    pub(crate) stream: S,
    pub(crate) reader: BufReader<S>,
}

impl Client<UnixStream> {
    /// Connects and reads the greeting.
    pub(crate) fn connect(path: &Path) -> Client<UnixStream> {
        Client::over(UnixStream::connect(path).expect("connects"))
    }

    /// Reads the greeting.
    pub(crate) fn over(stream: UnixStream) -> Client<UnixStream> {
        stream.set_read_timeout(Some(LONG)).expect("a time limit");
        let reader = BufReader::new(stream.try_clone().expect("a clone"));
        let mut client = Client { stream, reader };
        assert!(client.line().starts_with("{\"QMP\""));
        client
    }

    /// A client that has negotiated with these words.
    pub(crate) fn greeted(path: &Path, hello: &str) -> Client<UnixStream> {
        let mut client = Client::connect(path);
        assert_eq!(client.ask(hello), "{\"return\": {}}");
        client
    }

    pub(crate) fn negotiated(path: &Path) -> Client<UnixStream> {
        Client::greeted(path, HELLO)
    }
}

impl<S: Read + Write> Client<S> {
    pub(crate) fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).expect("sends");
    }

    /// The next line without its end; empty at the end.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("reads");
        assert!(line.is_empty() || line.ends_with("\r\n"), "{line:?}");
        line.trim_end().to_owned()
    }

    pub(crate) fn ask(&mut self, text: &str) -> String {
        self.send(text);
        self.line()
    }

    /// The next lines, without the events among them.
    pub(crate) fn replies(&mut self, count: usize) -> Vec<String> {
        let mut replies = Vec::new();
        while replies.len() < count {
            let line = self.line();
            assert_ne!(line, "", "the server has closed the connection after {} of {count}", replies.len());
            if !line.starts_with("{\"timestamp\": ") {
                replies.push(line);
            }
        }
        replies
    }
}

pub(crate) fn is_event(line: &str, name: &str) -> bool {
    line.starts_with("{\"timestamp\": ") && line.contains(&format!("\"event\": \"{name}\""))
}
