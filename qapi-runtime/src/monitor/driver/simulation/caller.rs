//! The client's side of a connection: what it sends.

use super::commands::{Command, Name, Script};
use super::random::Random;
use super::world::World;
use crate::File;
use std::collections::VecDeque;
use std::rc::Rc;

/// A client's habits, what it has sent, and what it has read.
#[derive(Debug)]
pub(super) struct Caller {
    /// Whether it negotiates, and then whether with out-of-band execution.
    negotiates: Option<bool>,
    /// It speaks HTTP, and has not said so yet.
    stray: bool,
    was_stray: bool,
    /// It sends at most so many bytes at once.
    piece: usize,
    /// It writes so many commands without a pause.
    pub(super) flood: usize,
    /// It reads at most so many bytes at once.
    pub(super) gulp: usize,
    /// It has stopped reading.
    pub(super) stalls: bool,
    /// How many more commands it will send.
    pub(super) more: usize,
    /// It has sent its `qmp_capabilities`.
    asked: bool,
    /// In the order sent, complete or not.
    pub(super) units: Vec<Unit>,
    outgoing: VecDeque<Piece>,
    /// How many units are sent to their end.
    pub(super) sent: usize,
    pub(super) reading: Reading,
}

/// Something that is answered once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Command(usize),
    Malformed,
}

/// What is still to be sent of a unit.
#[derive(Debug)]
struct Piece {
    bytes: Vec<u8>,
    files: usize,
}

/// How far the client is with what it reads.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) buffer: Vec<u8>,
    pub(super) pretty: bool,
    pub(super) greeted: bool,
    /// It has read that the negotiation is over.
    pub(super) negotiated: bool,
    /// All in-band units before this one are answered.
    pub(super) next: usize,
    /// The newest event that it has read.
    pub(super) event: u64,
}

impl Caller {
    pub(super) fn draw(random: &Random, begins_negotiated: bool, stray: bool) -> Caller {
        let negotiates = match random.below(20) {
            0 => None,
            _ if begins_negotiated => None,
            1..10 => Some(false),
            _ => Some(true),
        };
        let silent = negotiates.is_none() && !begins_negotiated && random.percent(50);
        Caller {
            negotiates,
            stray,
            was_stray: stray,
            piece: random.pick(&[1, 7, 30, 4096, 4096, 4096]),
            flood: random.pick(&[1, 1, 2, 5, 12]),
            gulp: random.pick(&[1, 20, 200, 100_000, 100_000]),
            stalls: false,
            more: if silent { 0 } else { random.between(0, 40) },
            asked: false,
            units: Vec::new(),
            outgoing: VecDeque::new(),
            sent: 0,
            reading: Reading::default(),
        }
    }

    /// Whether it has or will have something to send.
    pub(super) fn has_output(&self) -> bool {
        self.more > 0 || !self.outgoing.is_empty()
    }

    /// Whether it speaks another protocol.
    pub(super) fn was_stray(&self) -> bool {
        self.was_stray
    }

    /// Whether it has begun something that it has not sent to its end.
    pub(super) fn is_amid(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Whether what it sends from here on may overtake other commands.
    pub(super) fn has_oob(&self) -> bool {
        self.asked && self.negotiates == Some(true)
    }

    /// The next bytes to send, with descriptors.
    pub(super) fn next_piece(&mut self, world: &World, client: usize) -> Option<(Vec<u8>, Vec<File>)> {
        if self.outgoing.is_empty() {
            if self.more == 0 {
                return None;
            }
            self.more -= 1;
            self.make_unit(world, client);
        }
        let piece = self.outgoing.front_mut()?;
        let count = world.random.between(1, self.piece).min(piece.bytes.len());
        let bytes: Vec<u8> =
            piece.bytes.drain(..if self.piece > 1000 { piece.bytes.len() } else { count }).collect();
        let files = (0..std::mem::take(&mut piece.files)).filter_map(|_| open_file()).collect();
        if piece.bytes.is_empty() {
            self.outgoing.pop_front();
            self.sent += 1;
        }
        Some((bytes, files))
    }

    fn make_unit(&mut self, world: &World, client: usize) {
        let random = &world.random;
        if self.stray {
            self.stray = false;
            self.push(Unit::Malformed, "GET / HTTP/1.1\r\n\r\n".to_owned(), 0);
            return;
        }
        let negotiating = !self.asked && self.negotiates.is_some();
        if negotiating && random.percent(75) {
            self.asked = true;
            let oob = self.negotiates == Some(true);
            return self.make_command(world, client, Name::Capabilities, oob);
        }
        if random.percent(4) {
            let texts = [
                "{}",
                "{\"execute\": 1}",
                "{\"a\" 1}",
                "{\"execute\": \"run\", \"x\": 1}",
                "[1]",
                "@\n",
                "17 ",
            ];
            // Who begins with one of the last may speak another protocol.
            let known = if self.units.is_empty() { 4 } else { texts.len() };
            return self.push(Unit::Malformed, random.pick(&texts[..known]).to_owned(), 0);
        }
        self.make_command(world, client, Name::draw(random), false);
    }

    fn make_command(&mut self, world: &World, client: usize, name: Name, enables: bool) {
        let random = &world.random;
        let script = Script::draw(random, world.settings.large);
        let out_of_band = name.allows_oob() && self.has_oob() && random.percent(85);
        let files = script.files;
        let number = world.add_command(Command::new(client, name, out_of_band, script));
        let execute = if out_of_band { "exec-oob" } else { "execute" };
        let arguments = match name {
            Name::Capabilities if enables => ", \"arguments\": {\"enable\": [\"oob\"]}".to_owned(),
            Name::Capabilities | Name::Version => String::new(),
            _ => format!(", \"arguments\": {{\"n\": {number}}}"),
        };
        let end = random.pick(&["", "\n", "\r\n"]);
        let text = format!("{{\"{execute}\": \"{}\"{arguments}, \"id\": {number}}}{end}", name.text());
        self.push(Unit::Command(number), text, files);
    }

    fn push(&mut self, unit: Unit, text: String, files: usize) {
        self.units.push(unit);
        self.outgoing.push_back(Piece { bytes: text.into_bytes(), files });
    }
}

/// A descriptor to be sent.
fn open_file() -> Option<File> {
    std::fs::File::open("/dev/null").ok().map(File::from)
}

impl World {
    /// A client sends as much as it does at once.
    pub(super) fn send(&self, index: usize) {
        let client = Rc::clone(&self.clients.borrow()[index]);
        let mut caller = client.caller.borrow_mut();
        for _ in 0..caller.flood {
            if !client.socket.takes_input() {
                return;
            }
            let Some((bytes, files)) = caller.next_piece(self, index) else { return };
            self.trace(|| format!("client {index} sends {:?}", String::from_utf8_lossy(&bytes)));
            client.socket.put(bytes, files);
        }
    }
}
