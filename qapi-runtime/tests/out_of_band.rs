//! Sessions with out-of-band execution under load: a reply that never comes is what these tests would wait for.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, HELLO_OOB, Kind, start};
use std::io::Write;

bed::on_each_transport! {
    commands_written_together_are_all_answered,
    out_of_band_commands_in_between_are_answered_too,
    out_of_band_commands_keep_their_own_order,
    commands_written_at_once_by_one_who_reads_later_are_answered,
}

/// Ten in-band commands: one that a handler answers, and nine that the session answers itself.
fn ten(round: usize) -> String {
    let mut text = format!(r#"{{"execute": "query-status", "id": "{round}-0"}}"#);
    for number in 1..10 {
        text += &format!(r#"{{"execute": "query-version", "id": "{round}-{number}"}}"#);
    }
    text
}

fn assert_answers_ten(replies: &[String], round: usize) {
    assert_eq!(replies.len(), 10);
    for (number, reply) in replies.iter().enumerate() {
        assert!(reply.ends_with(&format!("\"id\": \"{round}-{number}\"}}")), "{reply}");
    }
}

/// More commands come than the queue takes, so that the reader stops and has to be told when there is room.
fn commands_written_together_are_all_answered(kind: Kind) {
    let fixture = start(kind);
    let mut client = Client::greeted(&fixture.path, HELLO_OOB);
    for round in 0..1000 {
        client.send(&ten(round));
        assert_answers_ten(&client.replies(10), round);
    }
}

fn out_of_band_commands_in_between_are_answered_too(kind: Kind) {
    let fixture = start(kind);
    let mut client = Client::greeted(&fixture.path, HELLO_OOB);
    for round in 0..1000 {
        client.send(&(ten(round) + r#"{"exec-oob": "query-yank", "id": "oob"}"#));
        let (urgent, others): (Vec<_>, Vec<_>) =
            client.replies(11).into_iter().partition(|reply| reply.ends_with(r#""id": "oob"}"#));
        assert_eq!(urgent.len(), 1);
        assert_answers_ten(&others, round);
    }
}

/// The reader and the worker of a session must not both take one.
fn out_of_band_commands_keep_their_own_order(kind: Kind) {
    let fixture = start(kind);
    let mut client = Client::greeted(&fixture.path, HELLO_OOB);
    let pair = |number| {
        format!(
            "{{\"execute\": \"query-status\", \"id\": \"0-{number}\"}}{{\"exec-oob\": \"query-yank\", \"id\": {number}}}"
        )
    };
    let pairs: String = (0..10).map(pair).collect();
    for _ in 0..500 {
        client.send(&pairs);
        let (others, urgent): (Vec<_>, Vec<_>) =
            client.replies(20).into_iter().partition(|reply| reply.ends_with("\"}"));
        assert_answers_ten(&others, 0);
        for (number, reply) in urgent.iter().enumerate() {
            assert!(reply.ends_with(&format!("\"id\": {number}}}")), "{urgent:#?}");
        }
    }
}

/// As a client does that gathers its calls.
fn commands_written_at_once_by_one_who_reads_later_are_answered(kind: Kind) {
    let fixture = start(kind);
    let mut client = Client::greeted(&fixture.path, HELLO_OOB);
    for _ in 0..200 {
        let calls: String =
            (0..30).map(|id| format!("{{\"execute\": \"query-status\", \"id\": {id}}}\n")).collect();
        client.stream.write_all(calls.as_bytes()).expect("sends");
        for (id, reply) in client.replies(30).iter().enumerate() {
            assert!(reply.ends_with(&format!("\"id\": {id}}}")), "{reply}");
        }
    }
}
