//! The last lines of a text that arrives in pieces.

use std::collections::VecDeque;

/// How many bytes of a line are kept.
const LINE: usize = 4096;

/// The last lines, at most a number of them.
#[derive(Debug)]
pub(super) struct Tail {
    lines: VecDeque<String>,
    /// The line that has not ended.
    open: Vec<u8>,
    limit: usize,
}

impl Tail {
    pub(super) const fn new(limit: usize) -> Tail {
        Tail { lines: VecDeque::new(), open: Vec::new(), limit }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, is_whole) = match piece.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (piece, false),
            };
            let room = LINE.saturating_sub(self.open.len());
            self.open.extend_from_slice(&text[..text.len().min(room)]);
            if is_whole {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.open);
        self.lines.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
        while self.lines.len() > self.limit {
            self.lines.pop_front();
        }
    }

    /// The lines, without a line feed at the end.
    pub(super) fn text(&self) -> String {
        let open = String::from_utf8_lossy(&self.open);
        let open = Some(open.trim_end()).filter(|line| !line.is_empty());
        let lines: Vec<&str> = self.lines.iter().map(String::as_str).chain(open).collect();
        lines[lines.len().saturating_sub(self.limit)..].join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(limit: usize, pieces: &[&[u8]]) -> String {
        let mut tail = Tail::new(limit);
        pieces.iter().for_each(|piece| tail.push(piece));
        tail.text()
    }

    #[test]
    fn the_last_lines_are_kept() {
        assert_eq!(tail(2, &[]), "");
        assert_eq!(tail(2, &[b"one\ntwo\r\nthree\n"]), "two\nthree");
        assert_eq!(tail(2, &[b"one\ntw", b"o\nthr", b"ee"]), "two\nthree");
        assert_eq!(tail(2, &[b"one\n", b"\n", b"\xFFthree\n"]), "\n\u{FFFD}three");
        assert_eq!(tail(0, &[b"one\ntwo"]), "");
    }

    #[test]
    fn a_long_line_is_cut() {
        let long = vec![b'x'; LINE];
        assert_eq!(tail(2, &[&long, b"yy", b"z\nend"]), format!("{}\nend", "x".repeat(LINE)));
    }
}
