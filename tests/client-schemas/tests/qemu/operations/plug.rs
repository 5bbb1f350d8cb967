//! Devices with their backends.

use super::{Client, LIMIT, connect, execute, rounds, with_each};
use qapi_runtime::Any;
use qapi_runtime::client::Untyped;
use qapi_runtime::client::operation::{OperationErrorKind, Plug, Raw, Unplug};
use serde_json::json;
use std::fs::File;

/// A bus whose devices leave at once: there is no guest to ask.
const MACHINE: &[&str] = &["-machine", "pc", "-device", "qemu-xhci,id=usb"];

/// A disk over a file that only the client can open.
fn disk(file: &File, driver: &str) -> Plug<Untyped> {
    let file_node = json!({ "driver": "file", "filename": "/dev/fdset/1" });
    let node = json!({ "driver": "raw", "node-name": "n", "file": file_node });
    let device = json!({ "driver": driver, "id": "d", "bus": "usb.0", "drive": "n" });
    Plug::new(Raw::new("device_add", device))
        .descriptors(1, [file])
        .expect("a duplicate")
        .backend(Raw::new("blockdev-add", node))
}

fn image() -> File {
    let file = tempfile::tempfile().expect("a file");
    file.set_len(1 << 20).expect("its length");
    file
}

/// The nodes, descriptor sets and devices that are there.
fn left(client: &Client) -> [usize; 3] {
    let count = |list: Any| list.as_array().expect("a list").len();
    let devices = execute(client, "qom-list", json!({ "path": "/machine/peripheral" }));
    [
        count(execute(client, "query-named-block-nodes", Any::Null)),
        count(execute(client, "query-fdsets", Any::Null)),
        // Without the property `type` and the controller.
        count(devices) - 2,
    ]
}

#[test]
fn a_disk_comes_and_goes_with_its_backends() {
    with_each(MACHINE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        // QEMU 7.2 keeps removed descriptors while the machine is stopped.
        execute(&client, "cont", Any::Null);
        let file = image();
        for round in 0..rounds(20) {
            let plug = client.run(disk(&file, "usb-storage"), LIMIT);
            let plugged = plug.unwrap_or_else(|error| panic!("round {round}: {error}"));
            // The node of the format and that of the file.
            assert_eq!(left(&client), [2, 1, 1], "round {round}");
            client.run(plugged.unplug(), LIMIT).unwrap_or_else(|error| panic!("round {round}: {error}"));
            assert_eq!(left(&client), [0, 0, 0], "round {round}");
        }
    });
}

#[test]
fn a_failed_device_leaves_nothing_and_can_be_tried_again() {
    with_each(MACHINE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        // QEMU 7.2 keeps removed descriptors while the machine is stopped.
        execute(&client, "cont", Any::Null);
        let file = image();
        for round in 0..rounds(20) {
            let error = client.run(disk(&file, "usb-tower"), LIMIT).expect_err("there is no such device");
            let OperationErrorKind::Command(command) = &error.kind else { panic!("round {round}: {error}") };
            assert_eq!(command.command, "device_add", "round {round}: {error}");
            assert_eq!(error.last.as_deref(), Some("undone: remove-fd 1"), "round {round}");
            assert_eq!(left(&client), [0, 0, 0], "round {round}");
        }
        let plugged = client.run(disk(&file, "usb-storage"), LIMIT).expect("it is plugged");
        let error = client.run(disk(&file, "usb-storage"), LIMIT).expect_err("its node is there");
        let text = error.to_string();
        assert!(
            text.starts_with("plugging d at ") && text.ends_with("last seen: undone: remove-fd 1"),
            "{text}"
        );
        assert_eq!(plugged.id(), "d");
        // Its own descriptor is still there.
        assert_eq!(left(&client), [2, 1, 1]);
    });
}

#[test]
fn what_another_client_added_is_removed_by_its_commands() {
    with_each(MACHINE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        execute(&client, "blockdev-add", json!({ "driver": "null-co", "node-name": "n" }));
        let device = json!({ "driver": "usb-storage", "id": "d", "bus": "usb.0", "drive": "n" });
        execute(&client, "device_add", device);
        let blockdev_del = Raw::new("blockdev-del", json!({ "node-name": "n" }));
        client.run(Unplug::new("d").then(blockdev_del.clone()), LIMIT).expect("both are removed");
        assert_eq!(left(&client), [0, 0, 0]);
        let unplug = Unplug::requested("d").then(blockdev_del);
        let error = client.run(unplug, LIMIT).expect_err("the node is gone");
        assert!(
            matches!(&error.kind, OperationErrorKind::Command(it) if it.command == "blockdev-del"),
            "{error}"
        );
    });
}
