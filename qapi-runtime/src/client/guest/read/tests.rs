use super::*;
use crate::client::operation::script::{Script, refusal};

fn reading(read: ReadFile) -> Script<ReadSteps> {
    let began = Operation::<()>::begin(read);
    assert_eq!(began.command.expect("it opens the file").0, "guest-file-open");
    let mut script = Script(began.steps);
    script.0.started(Ok(json!(7))).expect("it is open");
    script
}

fn block(text: &str, eof: bool) -> Any {
    json!({ "count": text.len(), "buf-b64": base64::encode(text.as_bytes()), "eof": eof })
}

#[test]
fn block_by_block_and_closed() {
    let mut script = reading(ReadFile::new("/f").block_size(3));
    assert_eq!(script.asked("guest-file-read"), json!({ "handle": 7, "count": 3 }));
    script.0.reply(Ok(block("abc", false))).expect("it takes the reply");
    assert_eq!(script.0.report().expect("it progressed").to_string(), "3 bytes");
    script.answer("guest-file-read", block("d", true));
    let farewell = script.0.farewell().expect("it is open");
    assert_eq!(farewell.arguments(), json!({ "handle": 7 }));
    script.answer("guest-file-close", json!({}));
    assert_eq!(script.done(), b"abcd");
    assert!(script.0.farewell().is_none());
}

#[test]
fn an_empty_file() {
    let mut script = reading(ReadFile::new("/f"));
    script.answer("guest-file-read", block("", true));
    assert_eq!(script.0.report(), None);
    // It is closed already, by an agent that was restarted.
    script.refuse("guest-file-close").expect("all was read");
    assert_eq!(script.done(), b"");
}

#[test]
fn a_file_of_the_largest_size_is_read_and_a_larger_one_is_not() {
    let mut script = reading(ReadFile::new("/f").max_size(2));
    assert_eq!(script.asked("guest-file-read")["count"], 3);
    script.0.reply(Ok(block("ab", true))).expect("it is not too large");

    let mut script = reading(ReadFile::new("/f").max_size(2));
    script.asked("guest-file-read");
    let error = script.0.reply(Ok(block("abc", false))).expect_err("it is too large");
    assert!(matches!(error, OperationErrorKind::TooLarge(2)), "{error:?}");
    assert!(script.0.farewell().is_some(), "it is open");
}

#[test]
fn a_block_without_a_reply_is_read_from_its_position_again() {
    let mut script = reading(ReadFile::new("/f"));
    script.answer("guest-file-read", block("ab", false));
    script.asked("guest-file-read");
    let seek = json!({ "handle": 7, "offset": 2, "whence": 0 });
    assert_eq!(script.asked("guest-file-seek"), seek);
    assert_eq!(script.asked("guest-file-seek"), seek);
    script.0.reply(Ok(json!({ "position": 2, "eof": false }))).expect("it takes the reply");
    script.answer("guest-file-read", block("c", true));
    script.answer("guest-file-close", json!({}));
    assert_eq!(script.done(), b"abc");
}

#[test]
fn a_failure_leaves_the_file_to_the_farewell() {
    let mut script = reading(ReadFile::new("/f"));
    let error = script.refuse("guest-file-read").expect_err("it failed");
    assert!(matches!(error, OperationErrorKind::Command(_)), "{error:?}");
    assert_eq!(script.0.farewell().expect("it is open").command, "guest-file-close");
    let mut unopened = ReadSteps::new(ReadFile::new("/f"));
    unopened.started(Err(refusal("guest-file-open"))).expect_err("it is refused");
    assert!(unopened.farewell().is_none());
    assert!(unopened.started(Ok(json!("seven"))).is_err());
}

#[test]
fn a_reply_that_is_none() {
    let endless = json!({ "count": 0, "buf-b64": "", "eof": false });
    for reply in [endless, json!({}), json!({ "buf-b64": "?", "eof": true }), json!({ "buf-b64": "" })] {
        let mut script = reading(ReadFile::new("/f"));
        script.asked("guest-file-read");
        let error = script.0.reply(Ok(reply)).expect_err("it is no reply");
        assert!(matches!(error, OperationErrorKind::Reply("guest-file-read")), "{error:?}");
    }
}
