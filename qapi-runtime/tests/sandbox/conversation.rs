//! What a client says to a process under test. It may be killed at any time, so everything is a result.

use crate::bed::{HELLO, HELLO_OOB, LONG, is_event};
use crate::list::Transport;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use std::io::{BufRead, BufReader, Error, IoSlice, Read, Result, Write};
use std::mem::MaybeUninit;
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

pub(crate) struct Conversation {
    path: PathBuf,
    transport: Transport,
}

impl Conversation {
    pub(crate) fn new(path: &Path, transport: Transport) -> Conversation {
        Conversation { path: path.to_owned(), transport }
    }

    fn connect(&self) -> Result<Client<UnixStream>> {
        let stream = UnixStream::connect(&self.path)?;
        stream.set_read_timeout(Some(LONG))?;
        Ok(Client(BufReader::new(stream)))
    }

    fn negotiated(&self, hello: &str) -> Result<Client<UnixStream>> {
        let mut client = self.connect()?;
        client.negotiate(hello)?;
        Ok(client)
    }

    /// Everything that a transport does for its clients, and the end of the service.
    pub(crate) fn whole(&self) -> Result<()> {
        let mut plain = self.negotiated(HELLO)?;
        let mut urgent = self.negotiated(HELLO_OOB)?;
        events(&mut plain, &mut urgent)?;
        late(&mut plain)?;
        descriptors(&mut plain)?;
        if self.transport != Transport::Loop {
            self.tcp()?;
        }
        // Half a command, and no farewell.
        let mut leaves = self.negotiated(HELLO)?;
        leaves.send(r#"{"execute": "quer"#)?;
        drop(leaves);
        drop(urgent);
        expect(plain.ask(r#"{"execute": "query-name"}"#)?, r#"{"return": {}}"#)?;
        plain.send(r#"{"execute": "quit"}"#)?;
        until(|| Ok(plain.line()? == r#"{"return": {}}"#))?;
        until(|| Ok(plain.line()?.is_empty()))
    }

    fn tcp(&self) -> Result<()> {
        let address = std::fs::read_to_string(self.path.with_extension("tcp"))?;
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(LONG))?;
        Client(BufReader::new(stream)).negotiate(HELLO)
    }

    /// The connection is closed before anything is said.
    pub(crate) fn is_refused(&self) -> Result<()> {
        expect(self.connect()?.line()?, "")
    }

    /// A command that needs a thread fails, and others work.
    #[cfg(feature = "tokio")]
    pub(crate) fn blocking_fails(&self) -> Result<()> {
        let mut client = self.negotiated(HELLO)?;
        let answer = client.ask(r#"{"execute": "linger"}"#)?;
        let error = r#"{"error": {"class": "GenericError", "desc": "The command linger was not run"}}"#;
        expect(answer, error)?;
        expect(client.ask(r#"{"execute": "query-name"}"#)?, r#"{"return": {}}"#)?;
        client.send(r#"{"execute": "quit"}"#)?;
        until(|| Ok(client.line()?.is_empty()))
    }
}

/// Both hear of what one of them does. Out-of-band commands overtake.
fn events(plain: &mut Client<UnixStream>, urgent: &mut Client<UnixStream>) -> Result<()> {
    urgent.send(r#"{"execute": "stop"}"#)?;
    for client in [&mut *urgent, plain] {
        let line = client.line()?;
        if !is_event(&line, "STOP") {
            return Err(Error::other(line));
        }
    }
    expect(urgent.line()?, r#"{"return": {}}"#)?;
    urgent.send(r#"{"exec-oob": "migrate-pause", "id": 1}"#)?;
    until(|| Ok(urgent.line()?.starts_with(r#"{"id": 1, "error""#)))
}

/// Reads only when all is sent: the replies are more than a socket holds, and fewer than a monitor keeps.
fn late(client: &mut Client<UnixStream>) -> Result<()> {
    const COMMANDS: usize = 20;
    let text = "x".repeat(100_000);
    let command = format!(r#"{{"execute": "raw", "arguments": {{"text": "{text}"}}}}"#);
    client.send(&command.repeat(COMMANDS))?;
    for _ in 0..COMMANDS {
        if client.line()?.len() < text.len() {
            return Err(Error::other("not the answer"));
        }
    }
    Ok(())
}

/// Sends a descriptor that no handler takes.
fn descriptors(client: &mut Client<UnixStream>) -> Result<()> {
    let (reader, _writer) = std::io::pipe()?;
    let files = [reader.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(&files)) {
        return Err(Error::other("no room"));
    }
    let parts = [IoSlice::new(br#"{"execute": "query-name"}"#)];
    rustix::net::sendmsg(client.0.get_ref(), &parts, &mut control, SendFlags::empty())?;
    expect(client.line()?, r#"{"return": {}}"#)
}

struct Client<S>(BufReader<S>);

impl<S: Read + Write> Client<S> {
    fn negotiate(&mut self, hello: &str) -> Result<()> {
        if !self.line()?.starts_with("{\"QMP\"") {
            return Err(Error::other("no greeting"));
        }
        expect(self.ask(hello)?, r#"{"return": {}}"#)
    }

    fn send(&mut self, text: &str) -> Result<()> {
        self.0.get_mut().write_all(text.as_bytes())
    }

    /// The next line; empty at the end.
    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    fn ask(&mut self, text: &str) -> Result<String> {
        self.send(text)?;
        self.line()
    }
}

fn expect(line: String, expected: &str) -> Result<()> {
    if line == expected { Ok(()) } else { Err(Error::other(format!("{line:?} instead of {expected:?}"))) }
}

/// Repeats until it is so; events may come before.
fn until(mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    for _ in 0..100 {
        if is_so()? {
            return Ok(());
        }
    }
    Err(Error::other("it does not come"))
}
