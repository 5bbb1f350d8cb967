use super::*;
use crate::client::operation::script::Script;

fn writing(contents: &str) -> Script<WriteSteps> {
    let began = Operation::<()>::begin(WriteFile::new("/f", contents).block_size(3));
    let mut script = Script(began.steps);
    script.0.started(Ok(json!(7))).expect("it is open");
    script
}

fn count(bytes: u64) -> Any {
    json!({ "count": bytes, "eof": false })
}

#[test]
fn block_by_block_flushed_and_closed() {
    let mut script = writing("abcd");
    assert_eq!(script.asked("guest-file-write"), json!({ "handle": 7, "buf-b64": "YWJj" }));
    script.0.reply(Ok(count(3))).expect("it takes the reply");
    assert_eq!(script.0.report().expect("it progressed").to_string(), "3 of 4 bytes");
    script.answer("guest-file-write", count(1));
    script.answer("guest-file-flush", json!({}));
    assert!(script.0.farewell().is_some(), "it is open");
    script.answer("guest-file-close", json!({}));
    script.done();
    assert!(script.0.farewell().is_none());
}

#[test]
fn what_was_not_written_is_written_next() {
    let mut script = writing("abc");
    script.answer("guest-file-write", count(1));
    assert_eq!(script.asked("guest-file-write")["buf-b64"], "YmM=");
    // It has no reply.
    assert_eq!(script.asked("guest-file-seek")["offset"], 1);
}

#[test]
fn an_empty_file_is_flushed_and_closed() {
    let mut script = writing("");
    script.answer("guest-file-flush", json!({}));
    script.refuse("guest-file-close").expect("all was written");
    script.done();
}

#[test]
fn a_full_disk_is_told_by_the_flush() {
    let mut script = writing("a");
    script.answer("guest-file-write", count(1));
    let error = script.refuse("guest-file-flush").expect_err("it failed");
    assert!(matches!(error, OperationErrorKind::Command(_)), "{error:?}");
    assert!(script.0.outcome().is_none() && script.0.farewell().is_some());
}

#[test]
fn a_count_that_cannot_be() {
    for reply in [count(0), count(4), json!({})] {
        let mut script = writing("abcd");
        script.asked("guest-file-write");
        let error = script.0.reply(Ok(reply)).expect_err("it is no reply");
        assert!(matches!(error, OperationErrorKind::Reply("guest-file-write")), "{error:?}");
    }
}
