//! Asks a running QMP server.

use serde_json::Value;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long a server may send nothing before the command gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// The reason why the server gave no answer.
#[derive(Debug)]
pub(super) enum LiveError {
    Io(io::Error),
    NotJson(serde_json::Error),
    /// The server closed the connection.
    Closed,
    /// The server answered with an error, or with bytes that are not QMP.
    Refused(String),
}

impl fmt::Display for LiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::NotJson(error) if error.is_io() && is_timeout(error) => {
                write!(f, "the server says nothing; another client may be connected to it")
            }
            Self::NotJson(error) => write!(f, "what it says is no JSON: {error}"),
            Self::Closed => write!(f, "the server hung up"),
            Self::Refused(text) => f.write_str(text),
        }
    }
}

fn is_timeout(error: &serde_json::Error) -> bool {
    matches!(error.io_error_kind(), Some(io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut))
}

impl From<io::Error> for LiveError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A conversation with a QMP server.
pub(super) struct Conversation {
    messages: Box<dyn Iterator<Item = serde_json::Result<Value>>>,
    output: Box<dyn Write>,
    greeting: Value,
}

/// Returns the text of the server's answer to query-qmp-schema.
pub(super) fn ask(address: &str) -> Result<String, LiveError> {
    let mut conversation = Conversation::connect(address)?;
    Ok(conversation.execute("query-qmp-schema", &Value::Null)?.to_string())
}

impl Conversation {
    /// Connects to a server. `address` is `unix:PATH` or `tcp:HOST:PORT`; the prefix can be left out if the rest is
    /// unambiguous.
    pub(super) fn connect(address: &str) -> Result<Self, LiveError> {
        let Some(address) = tcp_address(address) else {
            return Self::connect_unix(address.strip_prefix("unix:").unwrap_or(address));
        };
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Self::new(stream.try_clone()?, stream)
    }

    #[cfg(unix)]
    fn connect_unix(path: &str) -> Result<Self, LiveError> {
        let stream = std::os::unix::net::UnixStream::connect(path)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Self::new(stream.try_clone()?, stream)
    }

    #[cfg(not(unix))]
    fn connect_unix(_path: &str) -> Result<Self, LiveError> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "there are no Unix sockets here; use tcp:HOST:PORT")
            .into())
    }

    /// Reads the greeting, and negotiates.
    pub(super) fn new(input: impl Read + 'static, output: impl Write + 'static) -> Result<Self, LiveError> {
        let reader = io::BufReader::new(input);
        let messages = Box::new(serde_json::Deserializer::from_reader(reader).into_iter::<Value>());
        let mut conversation = Self { messages, output: Box::new(output), greeting: Value::Null };
        let mut greeting = conversation.next()?;
        let Some(content) = greeting.get_mut("QMP") else {
            return Err(LiveError::Refused("the server does not greet as a QMP server does".to_owned()));
        };
        conversation.greeting = content.take();
        conversation.execute("qmp_capabilities", &Value::Null)?;
        Ok(conversation)
    }

    /// The content of the greeting.
    pub(super) fn greeting(&self) -> &Value {
        &self.greeting
    }

    /// Executes a command. `arguments` is an object, or null.
    pub(super) fn execute(&mut self, command: &str, arguments: &Value) -> Result<Value, LiveError> {
        let arguments =
            if arguments.is_null() { String::new() } else { format!(", \"arguments\": {arguments}") };
        writeln!(self.output, "{{\"execute\": \"{command}\"{arguments}}}")?;
        self.output.flush()?;
        loop {
            let mut message = self.next()?;
            if let Some(error) = message.get("error") {
                let text = error.get("desc").and_then(Value::as_str).unwrap_or("no reason given");
                return Err(LiveError::Refused(format!("the server refuses {command}: {text}")));
            }
            // The server may send events before the reply.
            if let Some(answer) = message.get_mut("return") {
                return Ok(answer.take());
            }
        }
    }

    fn next(&mut self) -> Result<Value, LiveError> {
        match self.messages.next() {
            Some(Ok(message)) => Ok(message),
            Some(Err(error)) if error.is_eof() => Err(LiveError::Closed),
            Some(Err(error)) => Err(LiveError::NotJson(error)),
            None => Err(LiveError::Closed),
        }
    }
}

fn tcp_address(address: &str) -> Option<&str> {
    if address.starts_with("unix:") {
        return None;
    }
    if let Some(address) = address.strip_prefix("tcp:") {
        return Some(address);
    }
    let (_, port) = address.rsplit_once(':')?;
    (!address.contains('/') && port.parse::<u16>().is_ok()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        assert_eq!(tcp_address("localhost:4444"), Some("localhost:4444"));
        assert_eq!(tcp_address("tcp:[::1]:4444"), Some("[::1]:4444"));
        assert_eq!(tcp_address("/run/qmp:1"), None);
        assert_eq!(tcp_address("unix:qmp:1"), None);
        assert_eq!(tcp_address("qmp.sock"), None);
    }

    /// What was written, kept when the conversation is over.
    #[derive(Clone, Default)]
    struct Sent(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

    impl Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn converse(input: &'static [u8], sent: &Sent) -> Result<Value, LiveError> {
        Conversation::new(input, sent.clone())?.execute("query-qmp-schema", &Value::Null)
    }

    #[test]
    fn events_are_passed_over() {
        let input = br#"{"QMP": {}} {"event": "STOP"} {"return": {}} {"event": "RESUME"} {"return": []}"#;
        let sent = Sent::default();
        assert_eq!(converse(input, &sent).expect("an answer").to_string(), "[]");
        let sent = String::from_utf8(sent.0.take()).expect("text");
        assert_eq!(sent, "{\"execute\": \"qmp_capabilities\"}\n{\"execute\": \"query-qmp-schema\"}\n");
    }

    #[test]
    fn arguments_are_sent() {
        let sent = Sent::default();
        let input = br#"{"QMP": {"version": 1}} {"return": {}} {"return": 2}"#;
        let mut conversation = Conversation::new(&input[..], sent.clone()).expect("a server");
        assert_eq!(conversation.greeting()["version"], 1);
        let arguments = serde_json::json!({ "a": true });
        assert_eq!(conversation.execute("ask", &arguments).expect("an answer"), 2);
        let sent = String::from_utf8(sent.0.take()).expect("text");
        assert!(sent.ends_with("{\"execute\": \"ask\", \"arguments\": {\"a\":true}}\n"), "{sent}");
    }

    #[test]
    fn errors_name_the_cause() {
        for (input, text) in [
            (
                &br#"{"QMP": {}} {"return": {}} {"error": {"class": "CommandNotFound", "desc": "no"}}"#[..],
                "the server refuses query-qmp-schema: no",
            ),
            (b"{\"QMP\": {}}", "the server hung up"),
            (b"{}", "the server does not greet as a QMP server does"),
        ] {
            assert_eq!(converse(input, &Sent::default()).expect_err(text).to_string(), text);
        }
        let error = converse(b"SSH-2.0", &Sent::default()).expect_err("an error");
        assert!(error.to_string().starts_with("what it says is no JSON"), "{error}");
    }
}
