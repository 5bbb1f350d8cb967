use super::*;
use crate::client::operation::script::Script;

fn script() -> Script<ResizeSteps> {
    Script(ResizeSteps::new(Resize::new("m", 4096)))
}

fn changed(id: &str, size: u64) -> Any {
    json!({ "id": id, "size": size, "qom-path": format!("/machine/peripheral/{id}") })
}

#[test]
fn it_ends_at_the_requested_size() {
    let mut resize = script();
    assert_eq!(resize.asked("qom-get"), json!({ "path": "/machine/peripheral/m", "property": "size" }));
    resize.answer("qom-get", json!(0));
    assert_eq!(resize.0.report().expect("a report").to_string(), "0 bytes, 4096 requested");
    resize.waits();
    resize.event("MEMORY_DEVICE_SIZE_CHANGE", changed("n", 4096));
    resize.waits();
    // An event of an earlier request, which had the same size: the reply counts.
    resize.event("MEMORY_DEVICE_SIZE_CHANGE", changed("m", 4096));
    resize.answer("qom-get", json!(2048));
    resize.waits();
    resize.event("MEMORY_DEVICE_SIZE_CHANGE", changed("m", 4096));
    resize.answer("qom-get", json!(4096));
    resize.done();
}

#[test]
fn it_asks_at_the_limit_and_when_events_were_dropped() {
    let mut resize = script();
    resize.answer("qom-get", json!(0));
    resize.0.look_again();
    resize.answer("qom-get", json!(4096));
    resize.done();
}

#[test]
fn a_malformed_reply_is_an_error() {
    let mut resize = script();
    resize.asked("qom-get");
    assert!(matches!(resize.0.reply(Ok(json!("4096"))), Err(OperationErrorKind::Reply("qom-get"))));
}
