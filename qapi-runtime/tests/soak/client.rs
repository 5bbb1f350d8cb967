//! A client that does anything that clients do, and checks what it gets.

use crate::bed::{Client, HELLO, HELLO_OOB, try_send_with};
use crate::figures::Figures;
use qapi_test_support::random::Random;
use rustix::io::Errno;
use std::io::{BufRead, ErrorKind, Write};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// What it sends in-band. Each is answered, by success or not.
const COMMANDS: [&str; 9] = [
    r#"{"execute": "query-status", "id": N}"#,
    r#"{"execute": "query-name", "id": N}"#,
    r#"{"execute": "query-version", "id": N}"#,
    r#"{"execute": "query-commands", "id": N}"#,
    r#"{"execute": "cont", "id": N}"#,
    r#"{"execute": "await", "id": N}"#,
    r#"{"execute": "blockdev-add", "id": N}"#,
    r#"{"execute": "no-such-command", "id": N}"#,
    r#"{"execute": "set-action", "arguments": {"panic": 7}, "id": N}"#,
];

pub(crate) struct Wild<'a> {
    client: Client<UnixStream>,
    figures: &'a Figures,
    random: &'a mut Random,
    out_of_band: bool,
    /// In-band commands, and those of them that are answered.
    asked: u64,
    answered: u64,
    /// The same out-of-band.
    urged: u64,
    urgently_answered: u64,
    /// It has stopped reading for a while.
    stalled: bool,
}

/// The server has closed the connection.
struct Closed;

impl<'a> Wild<'a> {
    pub(crate) fn connect(path: &Path, figures: &'a Figures, random: &'a mut Random) -> Wild<'a> {
        let out_of_band = random.one_in(2);
        let client = Client::greeted(path, if out_of_band { HELLO_OOB } else { HELLO });
        let (asked, answered, urged, urgently_answered) = (0, 0, 0, 0);
        Wild {
            client,
            figures,
            random,
            out_of_band,
            asked,
            answered,
            urged,
            urgently_answered,
            stalled: false,
        }
    }

    /// A whole life, which ends as it likes.
    pub(crate) fn live(mut self) {
        let rounds = self.random.below(30);
        if (0..rounds).try_for_each(|_| self.round()).and_then(|()| self.leave()).is_err() {
            let stalled = self.stalled;
            if stalled { &self.figures.dropped } else { &self.figures.dropped_while_reading }.add(1);
        }
    }

    fn round(&mut self) -> Result<(), Closed> {
        let count = if self.random.one_in(3) { 1 } else { self.random.below(30) };
        self.send_some(count)?;
        if self.random.one_in(10) {
            self.send_descriptors()?;
        }
        if self.random.one_in(40) {
            self.stalled = true;
            self.figures.stalls.add(1);
            sleep(Duration::from_millis(self.random.below(1500)));
        }
        // Some of the replies may wait for the next round.
        let leave = if self.random.one_in(4) { self.random.below(10) } else { 0 };
        self.read_until(leave)
    }

    /// Sends commands, in one write or in pieces.
    fn send_some(&mut self, count: u64) -> Result<(), Closed> {
        let mut text = String::new();
        for _ in 0..count {
            if self.out_of_band && self.random.one_in(5) {
                text += &format!("{{\"exec-oob\": \"query-yank\", \"id\": \"{}\"}}", self.urged);
                self.urged += 1;
            } else {
                text += &self.random.pick(&COMMANDS).replace('N', &self.asked.to_string());
                self.asked += 1;
            }
        }
        let pieces = if self.random.one_in(3) { self.random.below(40) + 1 } else { 10_000 };
        let pieces = usize::try_from(pieces).expect("a small number");
        text.as_bytes().chunks(pieces).try_for_each(|piece| self.write(piece))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Closed> {
        self.client.stream.write_all(bytes).map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => Closed,
            _ => panic!("cannot be written to: {error}"),
        })
    }

    /// Two files that can be told from each other.
    fn send_descriptors(&mut self) -> Result<(), Closed> {
        let files = ["first", "second"].map(|text| {
            let (reader, mut writer) = std::io::pipe().expect("a pipe");
            writer.write_all(text.as_bytes()).expect("has room");
            reader
        });
        let command = format!("{{\"execute\": \"getfd\", \"id\": {}}}", self.asked);
        self.asked += 1;
        let files = [files[0].as_fd(), files[1].as_fd()];
        match try_send_with(&self.client.stream, command.as_bytes(), &files) {
            // So small a write is not divided.
            Ok(_) => Ok(()),
            Err(Errno::PIPE | Errno::CONNRESET) => Err(Closed),
            Err(error) => panic!("cannot be written to: {error}"),
        }
    }

    /// Reads until no more than so many replies are left to come.
    fn read_until(&mut self, left: u64) -> Result<(), Closed> {
        while self.asked + self.urged > self.answered + self.urgently_answered + left {
            self.read()?;
        }
        Ok(())
    }

    /// Reads a line and checks that it is the next one of its kind.
    fn read(&mut self) -> Result<(), Closed> {
        let mut line = String::new();
        match self.client.reader.read_line(&mut line) {
            Ok(_) if line.ends_with("\r\n") => {}
            Ok(_) => return Err(Closed),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Err(Closed),
            Err(error) => panic!(
                "{error}: {} of {} commands are answered, {} of {} out-of-band",
                self.answered, self.asked, self.urgently_answered, self.urged
            ),
        }
        if line.starts_with("{\"timestamp\": ") {
            self.figures.events.add(1);
            return Ok(());
        }
        let reply: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        match &reply["id"] {
            serde_json::Value::String(id) => {
                assert_eq!(*id, self.urgently_answered.to_string(), "{line}");
                self.urgently_answered += 1;
                self.figures.urgent_replies.add(1);
            }
            id => {
                assert_eq!(*id, self.answered, "{line}");
                self.answered += 1;
                self.figures.replies.add(1);
            }
        }
        Ok(())
    }

    /// Leaves in one of many ways.
    fn leave(&mut self) -> Result<(), Closed> {
        match self.random.below(4) {
            // With everything answered.
            0 => self.read_until(0),
            // Without waiting for anything.
            1 => {
                self.figures.departures.add(1);
                self.send_some(20)
            }
            // In the middle of a command, with descriptors at times.
            2 => {
                self.figures.departures.add(1);
                if self.random.one_in(2) {
                    self.send_descriptors()?;
                }
                self.write(br#"{"execute": "query-st"#)
            }
            // Politely: all commands are still answered, then comes the end.
            _ => {
                self.send_some(20)?;
                // It fails when the server was faster.
                let _ = self.client.stream.shutdown(Shutdown::Write);
                self.read_until(0)?;
                while self.read().is_ok() {}
                Ok(())
            }
        }
    }
}
