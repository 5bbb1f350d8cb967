//! The client's side of a connection: what it reads, and whether it may read that.

use super::caller::{Caller, Reading, Unit};
use super::client::Client;
use super::commands::{End, Name};
use super::world::World;
use std::rc::Rc;

impl World {
    /// A client reads as much as it does at once.
    pub(super) fn read(&self, index: usize) {
        let client = Rc::clone(&self.clients.borrow()[index]);
        let mut caller = client.caller.borrow_mut();
        let bytes = client.socket.read(caller.gulp);
        caller.reading.buffer.extend_from_slice(&bytes);
        while let Some(message) = caller.reading.take_message() {
            self.check_message(&client, &mut caller, &message);
        }
    }

    fn check_message(&self, client: &Client, caller: &mut Caller, message: &str) {
        self.trace(|| format!("client {} reads {message}", client.index));
        if message.starts_with("{\"QMP\"") {
            if std::mem::replace(&mut caller.reading.greeted, true) {
                self.fail(format!("client {} was greeted twice", client.index));
            }
        } else if !caller.reading.greeted {
            self.fail(format!("client {} was told something before it was greeted: {message}", client.index));
        } else if message.starts_with("{\"timestamp\"") {
            self.check_event(client, &mut caller.reading, message);
        } else {
            self.check_reply(client, caller, message);
        }
    }

    fn check_event(&self, client: &Client, reading: &mut Reading, message: &str) {
        self.counts.count(|counts| counts.events += 1);
        self.follow_log();
        let number = number_after(message, "\"n\": ").and_then(|id| self.events.borrow()[id].number);
        let since = client.negotiated_at.get();
        let expected = since.map(|since| reading.event.max(since) + 1);
        if since.is_none() || !reading.negotiated && !self.settings.begin_negotiated {
            self.fail(format!("client {} got an event before it has negotiated", client.index));
        } else if number != expected {
            self.fail(format!("client {} got event {number:?} and not {expected:?}", client.index));
        }
        reading.event = number.unwrap_or_default();
    }

    fn check_reply(&self, client: &Client, caller: &mut Caller, message: &str) {
        self.counts.count(|counts| counts.replies += 1);
        let Some(number) = number_after(message, "\"id\": ") else {
            return self.check_order(client, caller, Unit::Malformed);
        };
        let known = self.commands.borrow().get(number).cloned();
        let Some(command) = known.filter(|command| command.client == client.index) else {
            return self.fail(format!("client {} got a reply that is not for it: {message}", client.index));
        };
        if command.answered {
            self.fail(format!("command {number} was answered twice"));
        }
        self.commands.borrow_mut()[number].answered = true;
        if !command.out_of_band {
            self.check_order(client, caller, Unit::Command(number));
        }
        let failed = message.contains("\"error\": {");
        if command.name == Name::Capabilities && !failed {
            caller.reading.negotiated = true;
        }
        if command.begun && !failed && !command.returned {
            self.fail(format!("command {number} was answered before its handler returned"));
        }
        let excused = client.dropped_jobs.get() || command.script.files > 0 || self.closer.borrow().is_some();
        let wrong = (command.script.end == End::Return) == failed;
        if command.begun
            && wrong
            && !excused
            && client.negotiated_at.get().is_some()
            && !command.script.listens
        {
            self.fail(format!("command {number} has another result than its handler's: {message}"));
        }
        self.check_own_events(client, &caller.reading, number);
    }

    /// In-band units are answered in the order sent.
    fn check_order(&self, client: &Client, caller: &mut Caller, answered: Unit) {
        let commands = self.commands.borrow();
        while let Some(unit) = caller.units.get(caller.reading.next) {
            caller.reading.next += 1;
            if *unit == answered {
                return;
            }
            let skipped = match unit {
                Unit::Malformed => false,
                Unit::Command(number) => {
                    let command = &commands[*number];
                    command.out_of_band || command.name == Name::Quiet
                }
            };
            if !skipped {
                self.fail(format!("client {} got {answered:?} before {unit:?}", client.index));
            }
        }
        self.fail(format!("client {} got an answer to what it did not send: {answered:?}", client.index));
    }

    /// A handler's events come before its reply, or after it.
    fn check_own_events(&self, client: &Client, reading: &Reading, number: usize) {
        let commands = self.commands.borrow();
        let command = &commands[number];
        let Some(since) = client.negotiated_at.get() else { return };
        let events = self.events.borrow();
        let numbers = command.events.iter().filter_map(|event| events[*event].number);
        let mut numbers = numbers.filter(|number| *number > since);
        let seen = reading.event.max(since);
        if !self.settings.replies_first {
            if let Some(late) = numbers.find(|number| *number > seen) {
                self.fail(format!("event {late} of command {number} comes after its reply"));
            }
        } else if !command.out_of_band
            && let Some(early) = numbers.find(|number| *number <= seen)
        {
            self.fail(format!("event {early} of command {number} comes before its reply"));
        }
    }
}

impl Reading {
    /// Takes the next complete message, on one line and without what makes it pretty.
    fn take_message(&mut self) -> Option<String> {
        let end = if self.pretty { "\r\n}\r\n" } else { "\r\n" };
        let at = self.buffer.windows(end.len()).position(|window| window == end.as_bytes())?;
        let message: Vec<u8> = self.buffer.drain(..at + end.len()).collect();
        let text = String::from_utf8_lossy(&message).into_owned();
        Some(if self.pretty { text.lines().map(str::trim_start).collect() } else { text })
    }
}

fn number_after(message: &str, key: &str) -> Option<usize> {
    let rest = &message[message.find(key)? + key.len()..];
    let end = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}
