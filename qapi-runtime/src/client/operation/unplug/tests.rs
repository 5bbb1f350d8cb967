use super::*;
use crate::client::operation::script::Script;

fn script() -> Script<UnplugSteps> {
    let mut unplug = Script(UnplugSteps::new("d".into(), Vec::new()));
    assert_eq!(unplug.0.report(), Some(UnplugProgress::Requested));
    unplug.answer("qom-list", list(&["d"]));
    unplug.waits();
    unplug
}

fn list(names: &[&str]) -> Any {
    let all = ["type", "de"].iter().chain(names);
    all.map(|name| json!({ "name": name, "type": "child<device>" })).collect()
}

fn ost(device: Option<&str>, source: i64, status: i64) -> Any {
    let mut info = json!({ "slot": "0", "slot-type": "DIMM", "source": source, "status": status });
    if let Some(device) = device {
        info["device"] = device.into();
    }
    json!({ "info": info })
}

#[test]
fn its_event_ends_it() {
    let mut unplug = script();
    unplug.event("DEVICE_DELETED", json!({ "device": "de", "path": "/machine/peripheral/de" }));
    unplug.event("DEVICE_DELETED", json!({ "path": "/machine/peripheral/de/x" }));
    unplug.waits();
    unplug.event("DEVICE_DELETED", json!({ "device": "d", "path": "/machine/peripheral/d" }));
    unplug.done();
}

#[test]
fn an_event_below_its_path_makes_it_ask() {
    for path in ["/machine/peripheral/d/virtio-backend", "/machine/peripheral/d"] {
        let mut unplug = script();
        unplug.event("DEVICE_DELETED", json!({ "path": path }));
        assert_eq!(unplug.0.report(), Some(UnplugProgress::PartDeleted(path.into())));
        unplug.answer("qom-list", list(&["d"]));
        unplug.waits();
        unplug.event("DEVICE_DELETED", json!({ "path": path }));
        unplug.answer("qom-list", list(&[]));
        unplug.done();
    }
}

#[test]
fn every_report_of_an_ejection_makes_it_ask() {
    for device in [None, Some("de"), Some("d")] {
        for status in [SUCCESS, IN_PROGRESS] {
            let mut unplug = script();
            unplug.event("ACPI_DEVICE_OST", ost(device, 1, status));
            unplug.waits();
            unplug.event("ACPI_DEVICE_OST", ost(device, EJECTION, status));
            unplug.answer("qom-list", list(&["d"]));
            unplug.waits();
            unplug.event("ACPI_DEVICE_OST", ost(device, EJECTION, status));
            unplug.answer("qom-list", list(&[]));
            unplug.done();
        }
    }
}

#[test]
fn the_guest_refuses() {
    for (name, data, refused) in [
        ("ACPI_DEVICE_OST", ost(Some("d"), EJECTION, 1), true),
        ("ACPI_DEVICE_OST", ost(Some("d"), 1, 1), false),
        ("ACPI_DEVICE_OST", ost(Some("de"), EJECTION, 1), false),
        ("ACPI_DEVICE_OST", ost(None, EJECTION, 1), false),
        ("DEVICE_UNPLUG_GUEST_ERROR", json!({ "device": "d", "path": "/machine/peripheral/d" }), true),
        ("DEVICE_UNPLUG_GUEST_ERROR", json!({ "path": "/machine/peripheral/d" }), true),
        ("DEVICE_UNPLUG_GUEST_ERROR", json!({ "device": "de", "path": "/machine/peripheral/de" }), false),
    ] {
        let mut unplug = script();
        unplug.event(name, data.clone());
        assert_eq!(unplug.0.outcome().is_some(), refused, "{data}");
        if refused {
            assert!(unplug.failed().starts_with("removal of d was refused by the guest"));
        }
    }
}

#[test]
fn it_asks_at_the_limit_and_when_events_were_dropped() {
    let mut unplug = script();
    unplug.0.look_again();
    unplug.answer("qom-list", list(&[]));
    unplug.done();
}

#[test]
fn what_is_gone_before_the_first_look_ends_it() {
    let mut unplug = Script(UnplugSteps::new("d".into(), Vec::new()));
    unplug.answer("qom-list", list(&[]));
    unplug.done();
}

#[test]
fn a_malformed_reply_is_an_error() {
    let mut unplug = script();
    unplug.0.look_again();
    unplug.asked("qom-list");
    assert!(matches!(unplug.0.reply(Ok(json!({}))), Err(OperationErrorKind::Reply("qom-list"))));
}
