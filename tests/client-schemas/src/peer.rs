//! A server that sends exactly what a test tells it to.

use crate::driver::{Driver, Kind};
use qapi_runtime::client::{ClientSchema, Options};
use qapi_runtime::json::{Item, Parser};
use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A generous limit: it only matters when a client hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server's end of a connection. Connection errors panic, since it is for tests.
#[derive(Debug)]
pub struct Peer {
    stream: UnixStream,
    parser: Parser,
}

/// Connects a client to a server that negotiates, and then runs `server`.
///
/// # Panics
///
/// Panics if the client cannot connect.
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
    /// A connected pair: the client's end and the server's.
    ///
    /// # Panics
    ///
    /// Panics if no socket pair can be created.
    #[must_use]
    pub fn pair() -> (UnixStream, Peer) {
        let (near, far) = UnixStream::pair().expect("a pair of sockets");
        (near, Peer::on(far))
    }

    /// The server's end of an accepted connection.
    ///
    /// # Panics
    ///
    /// Panics if the socket is not usable.
    #[must_use]
    pub fn on(stream: UnixStream) -> Peer {
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        Peer { stream, parser: Parser::new() }
    }

    /// Sends the greeting and answers the negotiation. Returns the capabilities that the client enabled.
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
    /// Panics if the client has disconnected.
    pub fn send(&mut self, message: &Value) {
        self.send_bytes(format!("{message}\r\n").as_bytes());
    }

    /// Sends bytes.
    ///
    /// # Panics
    ///
    /// Panics if the client has disconnected.
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
    /// Panics if the client has disconnected, or sent something other than a request.
    pub fn request(&mut self) -> Value {
        self.try_request().expect("the client is there")
    }

    /// The next request; `None` once the client has left.
    ///
    /// # Panics
    ///
    /// Panics if the client sent invalid JSON, or nothing for a minute.
    pub fn try_request(&mut self) -> Option<Value> {
        loop {
            match self.parser.next() {
                Some(Item::Message(message)) => return Some(message.value().into()),
                // An agent's client sends 0xFF to resynchronise.
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
