//! What a server may send before it is ready: the rest of an earlier client's session.
//!
//! A server with one session at a time, such as QEMU, answers the commands of a client that has left to the next one.
//! The first line may even be the tail of a message whose beginning the earlier client has got.

/// How many bytes of an earlier client's session are skipped. QEMU's longest replies have a quarter of a MiB, and it
/// executes few commands of a client that has left.
const SKIPPED: usize = 16 << 20;

/// The bytes before a connection is ready.
#[derive(Debug)]
pub(super) struct Opening {
    received: usize,
    line: Option<FirstLine>,
}

/// The first line, until it has ended or has had the greeting.
#[derive(Debug, Default)]
pub(super) struct FirstLine {
    has_ended: bool,
    /// What arrived after the line.
    rest: Vec<u8>,
    /// The line has a fault, so it is a tail, and says nothing about the server.
    pub(super) is_tail: bool,
    /// The line has a message of another protocol, unless the line is a tail.
    pub(super) is_foreign: bool,
}

impl Opening {
    /// `greets`: the server sends a greeting.
    pub(super) fn new(greets: bool) -> Opening {
        Opening { received: 0, line: greets.then(FirstLine::default) }
    }

    /// Counts these bytes, and returns those that the parser may have now.
    pub(super) fn admit<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        self.received = self.received.saturating_add(bytes.len());
        let Some(line) = &mut self.line else { return bytes };
        let end = match bytes.iter().position(|byte| *byte == b'\n') {
            _ if line.has_ended => 0,
            Some(place) => place + 1,
            None => bytes.len(),
        };
        let (now, later) = bytes.split_at(end);
        line.has_ended |= now.ends_with(b"\n");
        line.rest.extend_from_slice(later);
        now
    }

    /// The first line, while the parser is in it.
    pub(super) fn line(&mut self) -> Option<&mut FirstLine> {
        self.line.as_mut()
    }

    /// Leaves the first line if it has ended, or if it has had the greeting. Returns it with what arrived after it.
    pub(super) fn leave_line(&mut self, greeted: bool) -> Option<(FirstLine, Vec<u8>)> {
        let mut line = self.line.take_if(|line| greeted || line.has_ended)?;
        let rest = std::mem::take(&mut line.rest);
        Some((line, rest))
    }

    /// Whether more has arrived than is skipped.
    pub(super) fn is_beyond(&self) -> bool {
        self.received > SKIPPED
    }
}
