//! Asks a running QMP server for its schema.

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

/// Returns the text of the server's answer to query-qmp-schema. `address` is `unix:PATH` or `tcp:HOST:PORT`; the prefix
/// can be left out if the rest is unambiguous.
pub(super) fn ask(address: &str) -> Result<String, LiveError> {
    if let Some(address) = tcp_address(address) {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        return converse(stream.try_clone()?, stream);
    }
    ask_unix(address.strip_prefix("unix:").unwrap_or(address))
}

#[cfg(unix)]
fn ask_unix(path: &str) -> Result<String, LiveError> {
    let stream = std::os::unix::net::UnixStream::connect(path)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    converse(stream.try_clone()?, stream)
}

#[cfg(not(unix))]
fn ask_unix(_path: &str) -> Result<String, LiveError> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "there are no Unix sockets here; use tcp:HOST:PORT")
        .into())
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

fn converse(input: impl Read, mut output: impl Write) -> Result<String, LiveError> {
    let reader = io::BufReader::new(input);
    let mut messages = serde_json::Deserializer::from_reader(reader).into_iter::<Value>();
    let mut next = || match messages.next() {
        Some(Ok(message)) => Ok(message),
        Some(Err(error)) if error.is_eof() => Err(LiveError::Closed),
        Some(Err(error)) => Err(LiveError::NotJson(error)),
        None => Err(LiveError::Closed),
    };
    let greeting = next()?;
    if greeting.get("QMP").is_none() {
        return Err(LiveError::Refused("the server does not greet as a QMP server does".to_owned()));
    }
    let mut answer = Value::Null;
    for command in ["qmp_capabilities", "query-qmp-schema"] {
        writeln!(output, "{{\"execute\": \"{command}\"}}")?;
        output.flush()?;
        answer = loop {
            let mut message = next()?;
            if let Some(error) = message.get("error") {
                let text = error.get("desc").and_then(Value::as_str).unwrap_or("no reason given");
                return Err(LiveError::Refused(format!("the server refuses {command}: {text}")));
            }
            // The server may send events before the reply.
            if let Some(answer) = message.get_mut("return") {
                break answer.take();
            }
        };
    }
    Ok(answer.to_string())
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

    #[test]
    fn events_are_passed_over() {
        let input = br#"{"QMP": {}} {"event": "STOP"} {"return": {}} {"event": "RESUME"} {"return": []}"#;
        let mut sent = Vec::new();
        assert_eq!(converse(&input[..], &mut sent).expect("an answer"), "[]");
        let sent = String::from_utf8(sent).expect("text");
        assert_eq!(sent, "{\"execute\": \"qmp_capabilities\"}\n{\"execute\": \"query-qmp-schema\"}\n");
    }

    #[test]
    fn errors_name_the_cause() {
        let refused = br#"{"QMP": {}} {"return": {}} {"error": {"class": "CommandNotFound", "desc": "no"}}"#;
        let error = converse(&refused[..], io::sink()).expect_err("an error");
        assert_eq!(error.to_string(), "the server refuses query-qmp-schema: no");
        let error = converse(&b"{\"QMP\": {}}"[..], io::sink()).expect_err("an error");
        assert_eq!(error.to_string(), "the server hung up");
        let error = converse(&b"{}"[..], io::sink()).expect_err("an error");
        assert_eq!(error.to_string(), "the server does not greet as a QMP server does");
        let error = converse(&b"SSH-2.0"[..], io::sink()).expect_err("an error");
        assert!(error.to_string().starts_with("what it says is no JSON"), "{error}");
    }
}
