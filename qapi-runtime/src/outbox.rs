//! The output buffer of one client, for replies and events.
//!
//! It only counts what is written. The link that owns it decides when to write.

/// A larger buffer is freed when it is empty, so that an idle session keeps no large buffer.
const KEPT: usize = 16 * 1024;

/// The output of one session that its client has not taken yet.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    buffer: Vec<u8>,
    /// How many bytes of the buffer are written.
    sent: usize,
    /// How many bytes a writer has taken and not yet written.
    taken: usize,
    /// How many bytes the client has taken since it connected.
    total: u64,
    /// The socket was full at the last write.
    blocked: bool,
}

impl Outbox {
    /// Adds a session's output and empties its buffer. Swaps the buffers if possible, so that neither is reallocated
    /// for each command.
    pub(crate) fn put(&mut self, output: &mut Vec<u8>) {
        if self.buffer.is_empty() {
            std::mem::swap(&mut self.buffer, output);
        } else {
            self.buffer.extend_from_slice(output);
        }
        output.clear();
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, line: &[u8]) {
        self.buffer.extend_from_slice(line);
    }

    /// How many bytes the client has not taken yet.
    pub(crate) fn waiting(&self) -> usize {
        self.unsent().len() + self.taken
    }

    /// The bytes to write next.
    pub(crate) fn unsent(&self) -> &[u8] {
        &self.buffer[self.sent..]
    }

    /// Whether the socket was full at the last write.
    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// How many bytes the client has taken since it connected.
    pub(crate) fn taken_by_client(&self) -> u64 {
        self.total
    }

    /// How much memory the outbox holds, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.buffer.capacity() + self.taken
    }

    /// The client took `count` bytes of what is [unsent](Outbox::unsent).
    pub(crate) fn sent(&mut self, count: usize) {
        self.sent = (self.sent + count).min(self.buffer.len());
        self.total += count as u64;
        self.blocked = false;
        if self.sent == self.buffer.len() {
            self.sent = 0;
            if self.buffer.capacity() > KEPT {
                self.buffer = Vec::new();
            } else {
                self.buffer.clear();
            }
        }
    }

    /// The socket is full.
    pub(crate) fn block(&mut self) {
        self.blocked = true;
        // For a client that is always a little behind, the written bytes would otherwise pile up in the buffer.
        if self.sent > self.buffer.len() / 2 {
            self.buffer.drain(..self.sent);
            self.sent = 0;
        }
    }

    /// The socket may have room again: allows the next write.
    pub(crate) fn unblock(&mut self) {
        self.blocked = false;
    }

    /// Moves all bytes to `bytes`, for the caller to write and then call [`written`](Outbox::written).
    pub(crate) fn take(&mut self, bytes: &mut Vec<u8>) {
        bytes.clear();
        std::mem::swap(&mut self.buffer, bytes);
        bytes.drain(..std::mem::take(&mut self.sent));
        self.taken = bytes.len();
        self.blocked = false;
    }

    /// The bytes that were taken are written.
    pub(crate) fn written(&mut self) {
        self.total += self.taken as u64;
        self.taken = 0;
    }

    /// Drops everything, because the client has left.
    pub(crate) fn clear(&mut self) {
        *self = Outbox::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Outbox {
        let mut outbox = Outbox::default();
        outbox.put(&mut text.as_bytes().to_vec());
        outbox
    }

    #[test]
    fn goes_on_where_the_client_stopped() {
        let mut outbox = with("abcdef");
        outbox.sent(2);
        outbox.block();
        assert!(outbox.is_blocked());
        outbox.line(b"gh");
        assert_eq!((outbox.unsent(), outbox.waiting()), (&b"cdefgh"[..], 6));
        outbox.sent(6);
        assert!(outbox.unsent().is_empty() && !outbox.is_blocked());
    }

    #[test]
    fn a_client_that_is_always_behind_costs_no_more_memory_than_is_left() {
        let mut outbox = with(&"r".repeat(1000));
        for _ in 0..10_000 {
            outbox.put(&mut vec![b'r'; 1000]);
            outbox.sent(1000);
            outbox.block();
        }
        assert!(outbox.memory() < 10_000);
    }

    #[test]
    fn an_empty_outbox_keeps_no_large_buffer() {
        let mut outbox = with(&"r".repeat(KEPT + 1));
        outbox.sent(KEPT + 1);
        assert_eq!(outbox.memory(), 0);
    }

    #[test]
    fn what_was_taken_away_waits_until_it_is_written() {
        let mut outbox = with("abc");
        outbox.sent(1);
        let mut bytes = b"old".to_vec();
        outbox.take(&mut bytes);
        assert_eq!((&bytes[..], outbox.waiting()), (&b"bc"[..], 2));
        outbox.line(b"d");
        assert_eq!((outbox.unsent(), outbox.waiting()), (&b"d"[..], 3));
        outbox.written();
        assert_eq!(outbox.waiting(), 1);
    }
}
