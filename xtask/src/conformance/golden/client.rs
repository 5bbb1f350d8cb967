//! The client's end of a connection.

use super::server::Server;
use crate::Failure;
use qapi_runtime::json::{self, Value};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, Shutdown};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// A reply as received.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Json(Value<'static>),
    /// Bytes that are not JSON, or not ASCII.
    Other(String),
}

/// A connection to a monitor.
pub(super) struct Client {
    stream: UnixStream,
    unread: Vec<u8>,
    /// The length of the prefix that contains no end of a reply.
    looked_at: usize,
    /// The bytes that end a reply.
    end: &'static [u8],
    hung_up: bool,
    /// Replies that were read too early.
    early: VecDeque<Reply>,
}

impl Client {
    /// Connects as soon as the server listens.
    pub(super) fn connect(
        server: &mut Server,
        socket: usize,
        pretty: bool,
        limit: Duration,
    ) -> Result<Self, Failure> {
        let path = server.sockets.get(socket).ok_or("the recording has no such socket")?.clone();
        let until = Instant::now() + limit;
        loop {
            match UnixStream::connect(&path) {
                Ok(stream) => {
                    stream.set_write_timeout(Some(limit))?;
                    // In pretty output, only the closing bracket of a reply is at the start of a line.
                    let end: &[u8] = if pretty { b"\r\n}\r\n" } else { b"\r\n" };
                    return Ok(Self {
                        stream,
                        unread: Vec::new(),
                        looked_at: 0,
                        end,
                        hung_up: false,
                        early: VecDeque::new(),
                    });
                }
                Err(_) if Instant::now() < until && !server.has_ended() => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(error) => {
                    return Err(format!("no connection: {error}; the server says: {}", server.log()).into());
                }
            }
        }
    }

    /// Sends bytes. A closed connection is no error here, since the replies will show it.
    pub(super) fn send(&mut self, bytes: &[u8], with_file: bool) -> Result<(), Failure> {
        let mut rest = bytes;
        if with_file {
            rest = &rest[self.send_file(bytes)?..];
        }
        match self.stream.write_all(rest) {
            Err(error) if is_hang_up(&error) => Ok(()),
            other => Ok(other?),
        }
    }

    fn send_file(&self, bytes: &[u8]) -> Result<usize, Failure> {
        let file = File::open("/dev/null")?;
        let files = [file.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        control.push(SendAncillaryMessage::ScmRights(&files));
        let sent =
            rustix::net::sendmsg(&self.stream, &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL);
        match sent {
            Ok(count) => Ok(count),
            Err(Errno::PIPE | Errno::CONNRESET) => Ok(bytes.len()),
            Err(error) => Err(error.into()),
        }
    }

    /// Shuts down the sending direction.
    pub(super) fn shutdown_write(&self) {
        // The server may have closed the connection first.
        let _ = rustix::net::shutdown(&self.stream, Shutdown::Write);
    }

    /// Whether a read has seen the server close the connection.
    pub(super) fn has_hung_up(&self) -> bool {
        self.hung_up
    }

    /// Reads this many replies, or fewer if the server closes the connection or `limit` expires.
    pub(super) fn read(&mut self, count: usize, limit: Duration) -> Result<Vec<Reply>, Failure> {
        let until = Instant::now() + limit;
        let mut replies = Vec::new();
        let mut chunk = vec![0; 256 * 1024];
        while replies.len() < count {
            if let Some(reply) = self.early.pop_front().or_else(|| self.take_reply()) {
                replies.push(reply);
                continue;
            }
            let left = until.saturating_duration_since(Instant::now());
            if self.hung_up || left.is_zero() {
                break;
            }
            self.stream.set_read_timeout(Some(left))?;
            match self.stream.read(&mut chunk) {
                Ok(0) => self.hung_up = true,
                Ok(count) => self.unread.extend_from_slice(&chunk[..count]),
                Err(error) if is_hang_up(&error) => self.hung_up = true,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if self.hung_up && replies.len() < count && !self.unread.is_empty() {
            let rest = std::mem::take(&mut self.unread);
            replies.push(Reply::Other(format!("an unfinished line: {}", String::from_utf8_lossy(&rest))));
        }
        Ok(replies)
    }

    /// Puts replies back that were read too early.
    pub(super) fn give_back(&mut self, replies: Vec<Reply>) {
        self.early.extend(replies);
    }

    fn take_reply(&mut self) -> Option<Reply> {
        let place =
            self.unread[self.looked_at..].windows(self.end.len()).position(|window| window == self.end);
        let Some(place) = place else {
            self.looked_at = self.unread.len().saturating_sub(self.end.len());
            return None;
        };
        let length = self.looked_at + place + self.end.len();
        let rest = self.unread.split_off(length);
        let line = std::mem::replace(&mut self.unread, rest);
        self.looked_at = 0;
        Some(match std::str::from_utf8(&line) {
            Ok(text) if text.is_ascii() => match json::parse(text) {
                Ok(value) => Reply::Json(value),
                Err(_) => Reply::Other(text.trim_end().to_owned()),
            },
            _ => Reply::Other(format!("not ASCII: {}", String::from_utf8_lossy(&line))),
        })
    }
}

/// Whether the peer has closed the connection. A race decides which error the kernel returns.
fn is_hang_up(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset)
}
