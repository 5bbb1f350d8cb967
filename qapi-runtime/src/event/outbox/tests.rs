//! The outbox over a wire that takes what the test lets it take.

use super::*;
use crate::clock::Moment;
use crate::event::held::Held;
use std::sync::Arc;

/// What a wire has taken, write by write.
#[derive(Default)]
struct Far {
    writes: Vec<String>,
    /// How many bytes it still takes.
    room: usize,
    /// How often it was said that bytes are left.
    blocked: usize,
    /// Nobody can wait for room.
    fails: bool,
    shut: bool,
}

struct Near(Arc<Mutex<Far>>);

impl Wire for Near {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut far = lock(&self.0);
        let count = bytes.len().min(far.room);
        if count == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        far.room -= count;
        far.writes.push(String::from_utf8_lossy(&bytes[..count]).into_owned());
        Ok(count)
    }

    fn blocked(&mut self) -> io::Result<()> {
        let mut far = lock(&self.0);
        far.blocked += 1;
        if far.fails { Err(io::ErrorKind::OutOfMemory.into()) } else { Ok(()) }
    }

    fn shut(&mut self) {
        lock(&self.0).shut = true;
    }

    fn is_abandoned(&self) -> bool {
        false
    }
}

/// An outbox of 100,000 bytes whose client takes `room` bytes.
fn outbox(room: usize) -> (Arc<Outbox>, Arc<Mutex<Far>>) {
    let far = Arc::new(Mutex::new(Far { room, ..Far::default() }));
    (Arc::new(Outbox::new(1, Box::new(Near(Arc::clone(&far))), false, 100_000)), far)
}

fn hold(outbox: &Outbox, text: &str) {
    outbox.hold(&mut text.as_bytes().to_vec(), true);
}

#[test]
fn what_is_held_is_written_together() {
    let (outbox, far) = outbox(1000);
    hold(&outbox, "one ");
    hold(&outbox, "two ");
    assert!(lock(&far).writes.is_empty());
    outbox.reply(&mut b"three".to_vec(), true);
    assert_eq!(lock(&far).writes, ["one two three"]);
    hold(&outbox, "four");
    outbox.release();
    outbox.release();
    assert_eq!(lock(&far).writes[1..], ["four"]);
}

#[test]
fn an_event_takes_along_what_is_held_before_it() {
    let (outbox, far) = outbox(1000);
    hold(&outbox, "reply ");
    outbox.event(&Record::new("STOP", None, Moment::default()));
    let writes = &lock(&far).writes;
    assert_eq!(writes.len(), 1);
    assert!(writes[0].starts_with("reply {\"timestamp\"") && writes[0].contains("STOP"));
}

#[test]
fn much_is_not_held() {
    let (outbox, far) = outbox(1_000_000);
    hold(&outbox, &"a".repeat(HELD));
    assert!(lock(&far).writes.is_empty());
    hold(&outbox, "b");
    assert_eq!(lock(&far).writes[0].len(), HELD + 1);
}

#[test]
fn nothing_is_held_before_a_command_that_may_end_the_process() {
    let (outbox, far) = outbox(1000);
    let outbox = Arc::into_inner(outbox).expect("nobody else has it").unheld();
    hold(&outbox, "one ");
    hold(&outbox, "two ");
    assert_eq!(lock(&far).writes, ["one ", "two "]);
}

#[test]
fn whoever_waits_for_the_output_has_it_written() {
    let (outbox, far) = outbox(1000);
    hold(&outbox, "last words");
    assert!(outbox.wait_until_written(Some(Instant::now())));
    assert_eq!(lock(&far).writes, ["last words"]);
}

#[test]
fn a_command_that_takes_its_time_holds_no_reply_back() {
    let (outbox, far) = outbox(1000);
    let held = Held::default();
    assert_eq!(held.wait(), None);
    hold(&outbox, "reply");
    assert!(held.note(&outbox), "somebody is to be woken");
    assert!(!held.note(&outbox), "noted already");
    assert!(held.wait().is_some());
    held.release();
    assert_eq!(lock(&far).writes, ["reply"]);
    // For a moment more there may be others; nobody is woken for those.
    hold(&outbox, "another");
    assert!(!held.note(&outbox));
    held.release();
    assert_eq!(lock(&far).writes[1..], ["another"]);
    held.release();
    assert_eq!(held.wait(), None);
    assert!(held.note(&outbox), "noted anew");
}

#[test]
fn what_a_client_does_not_take_is_written_later() {
    let (outbox, far) = outbox(3);
    outbox.reply(&mut b"abcdef".to_vec(), true);
    hold(&outbox, "ghi");
    outbox.release();
    assert_eq!(lock(&far).writes.concat(), "abc");
    assert_eq!(lock(&far).blocked, 1);
    lock(&far).room = 2;
    assert!(outbox.flush(), "bytes are left");
    lock(&far).room = 100;
    assert!(!outbox.flush());
    assert_eq!(lock(&far).writes.concat(), "abcdefghi");
}

#[test]
fn a_client_that_is_always_behind_costs_no_more_memory_than_is_left() {
    let (outbox, far) = outbox(0);
    let reply = "r".repeat(1000);
    outbox.reply(&mut reply.clone().into_bytes(), true);
    for _ in 0..10_000 {
        outbox.reply(&mut reply.clone().into_bytes(), true);
        lock(&far).room = 1000;
        assert!(outbox.flush(), "never all");
        lock(&far).writes.clear();
    }
    assert!(lock(&outbox.state).buffer.capacity() < 10_000);
}

#[test]
fn a_client_that_nobody_can_wait_for_is_dropped() {
    let (outbox, far) = outbox(1);
    lock(&far).fails = true;
    outbox.reply(&mut b"reply".to_vec(), true);
    assert!(outbox.is_closed() && lock(&far).shut);
    assert!(outbox.wait_until_written(None), "there is nothing left to wait for");
}
