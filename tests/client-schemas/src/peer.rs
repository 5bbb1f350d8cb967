//! A server that says exactly what a test wants.

use crate::driver::{Driver, Kind};
use qapi_runtime::client::{ClientSchema, Options};
use qapi_runtime::json::{Item, Parser};
use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Only a limit for a client that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server's end of a connection. Faults of the connection panic: it is for tests.
#[derive(Debug)]
pub struct Peer {
    stream: UnixStream,
    parser: Parser,
}

/// Connects a client to a server that negotiates, and then does as `server` says.
///
/// # Panics
///
/// It does not connect.
pub fn connect<S: ClientSchema>(
    kind: Kind,
    offered: &'static [&'static str],
    server: impl FnOnce(&mut Peer) + Send + 'static,
) -> (Driver<S>, JoinHandle<Peer>) {
    let (socket, mut peer) = Peer::pair();
    let server = thread::spawn(move || {
        peer.negotiate(offered);
        server(&mut peer);
        peer
    });
    (Driver::unix(kind, socket, &Options::new()).expect("it connects"), server)
}

/// Answers the next request.
pub fn answer(value: Value) -> impl FnOnce(&mut Peer) {
    move |peer| {
        let request = peer.request();
        peer.reply(&request, value);
    }
}

impl Peer {
    /// Both ends: the client's, and the server's.
    ///
    /// # Panics
    ///
    /// The system gives no sockets.
    #[must_use]
    pub fn pair() -> (UnixStream, Peer) {
        let (near, far) = UnixStream::pair().expect("a pair of sockets");
        (near, Peer::on(far))
    }

    /// The server's end of a connection that a client made.
    ///
    /// # Panics
    ///
    /// It is no socket any more.
    #[must_use]
    pub fn on(stream: UnixStream) -> Peer {
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        Peer { stream, parser: Parser::new() }
    }

    /// Greets, and takes part in the negotiation. Returns the capabilities that the client switched on.
    pub fn negotiate(&mut self, offered: &[&str]) -> Value {
        let version = json!({ "qemu": { "major": 10, "minor": 0, "micro": 2 }, "package": "test" });
        self.send(&json!({ "QMP": { "version": version, "capabilities": offered } }));
        let request = self.request();
        assert_eq!(request["execute"], "qmp_capabilities");
        self.reply(&request, json!({}));
        request["arguments"]["enable"].clone()
    }

    /// Sends a message.
    ///
    /// # Panics
    ///
    /// The client is gone.
    pub fn send(&mut self, message: &Value) {
        self.send_bytes(format!("{message}\r\n").as_bytes());
    }

    /// Sends bytes.
    ///
    /// # Panics
    ///
    /// The client is gone.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the client is there");
    }

    /// Answers a request.
    pub fn reply(&mut self, request: &Value, value: Value) {
        self.send(&json!({ "return": value, "id": request["id"] }));
    }

    /// Sends an event.
    pub fn event(&mut self, name: &str, data: Value) {
        let timestamp = json!({ "seconds": 1_700_000_000, "microseconds": 5 });
        self.send(&json!({ "event": name, "data": data, "timestamp": timestamp }));
    }

    /// The next request.
    ///
    /// # Panics
    ///
    /// The client has left, or sent what is no request.
    pub fn request(&mut self) -> Value {
        self.try_request().expect("the client is there")
    }

    /// The next request; none when the client has left.
    ///
    /// # Panics
    ///
    /// The client sent what is no JSON, or nothing for a minute.
    pub fn try_request(&mut self) -> Option<Value> {
        loop {
            match self.parser.next() {
                Some(Item::Message(message)) => return Some(message.value().into()),
                // What an agent is sent to get in step.
                Some(Item::Error(error)) => assert!(error.is_lexical(), "{error}"),
                None => {
                    let mut buffer = [0; 4096];
                    match self.stream.read(&mut buffer) {
                        Err(error) if error.kind() == ErrorKind::WouldBlock => {
                            panic!("the client neither says anything nor leaves")
                        }
                        Ok(0) | Err(_) => return None,
                        Ok(count) => self.parser.feed(&buffer[..count]),
                    }
                }
            }
        }
    }

    /// The socket.
    #[must_use]
    pub fn stream(&self) -> &UnixStream {
        &self.stream
    }
}
