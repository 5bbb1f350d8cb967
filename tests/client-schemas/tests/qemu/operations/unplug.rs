//! Devices, until they are gone.

use super::{Client, LIMIT, connect, execute, rare_rounds, rounds, with_each};
use qapi_runtime::Any;
use qapi_runtime::client::operation::{OperationErrorKind, Unplug};
use serde_json::json;
use std::time::Duration;

/// A bus whose devices leave at once, and one whose devices wait for the guest.
const MACHINE: &[&str] = &["-machine", "pc", "-device", "qemu-xhci,id=usb"];

fn is_there(client: &Client, id: &str) -> bool {
    let devices = execute(client, "qom-list", json!({ "path": "/machine/peripheral" }));
    devices.as_array().expect("a list").iter().any(|device| device["name"] == id)
}

#[test]
fn a_device_leaves_again_and_again() {
    with_each(MACHINE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        for round in 0..rounds(100) {
            execute(&client, "device_add", json!({ "driver": "usb-tablet", "id": "d", "bus": "usb.0" }));
            if round % 2 == 0 {
                client.run(Unplug::new("d"), LIMIT).unwrap_or_else(|error| panic!("round {round}: {error}"));
            } else {
                execute(&client, "device_del", json!({ "id": "d" }));
                client.run(Unplug::requested("d"), LIMIT).expect("it is gone");
            }
            assert!(!is_there(&client, "d"), "round {round}");
        }
        let error = client.run(Unplug::new("d"), LIMIT).expect_err("it is gone");
        assert!(matches!(error.kind, OperationErrorKind::Command(_)), "{error}");
    });
}

#[test]
fn an_old_event_ends_nothing_and_an_expired_wait_resumes() {
    with_each(MACHINE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        for _ in 0..rare_rounds(20, 20) {
            execute(&client, "device_add", json!({ "driver": "virtio-rng-pci", "id": "d" }));
            // There is no guest that would release it.
            let mut unplug = client.start(Unplug::new("d"), Duration::from_millis(20)).expect("it starts");
            let error = unplug.wait().expect_err("it has no guest");
            assert!(matches!(error.kind, OperationErrorKind::Timeout(_)), "{error}");
            assert_eq!(error.last.as_deref(), Some("requested"));
            let again = client.run(Unplug::requested("d"), Duration::from_millis(1));
            assert!(matches!(again.expect_err("as before").kind, OperationErrorKind::Timeout(_)));
            // Its part is deleted first, by an event without an id.
            execute(&client, "system_reset", Any::Null);
            unplug.extend(LIMIT);
            unplug.wait().unwrap_or_else(|error| panic!("{error}"));
            assert!(!is_there(&client, "d"));
        }
    });
}
